import { command } from '../command.ts'
import { changeInstances } from '../change-instances.ts'

export const stop = command({
  name: ['stop'],
  summary: 'stop instances; their data stays',
  description: 'Without SERVICE: all of the project. `howdah start` brings them back.',
  args: [{ name: 'services', kind: 'any', summary: 'Services of the project' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah stop', 'howdah stop database', 'howdah stop --all'],
  scope: 'compose',
  run: (ctx, { args, flags }) =>
    changeInstances(ctx, {
      services: args.services,
      all: flags.all,
      done: 'stopped',
      ask: (daemon, input) => daemon.api.stopInstances(input),
    }),
})
