import { command } from '../command.ts'
import { changeInstances } from '../change-instances.ts'

export const start = command({
  name: ['start'],
  summary: 'start stopped instances',
  description: 'Without SERVICE: all of the project.',
  args: [{ name: 'services', kind: 'any', summary: 'Services of the project' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah start', 'howdah start database', 'howdah start --all'],
  scope: 'compose',
  run: (ctx, { args, flags }) =>
    changeInstances(ctx, {
      services: args.services,
      all: flags.all,
      done: 'started',
      ask: (daemon, input) => daemon.api.startInstances(input),
    }),
})
