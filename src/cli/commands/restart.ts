import { command } from '../command.ts'
import { changeInstances } from '../change-instances.ts'

export const restart = command({
  name: ['restart'],
  summary: 'restart instances',
  description: 'Without SERVICE: all of the project. Clients lose their connections.',
  args: [{ name: 'services', kind: 'any', summary: 'Services of the project' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah restart', 'howdah restart database', 'howdah restart --all'],
  scope: 'compose',
  run: (ctx, { args, flags }) =>
    changeInstances(ctx, {
      services: args.services,
      all: flags.all,
      done: 'restarted',
      ask: (daemon, input) => daemon.api.restartInstances(input),
    }),
})
