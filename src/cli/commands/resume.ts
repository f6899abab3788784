import { command } from '../command.ts'
import { changeInstances } from '../change-instances.ts'

export const resume = command({
  name: ['resume'],
  summary: 'start suspended instances',
  description: 'Without SERVICE: all of the project. The first client to connect does the same.',
  args: [{ name: 'services', kind: 'any', summary: 'Services of the project' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah resume', 'howdah resume database', 'howdah resume --all'],
  scope: 'compose',
  run: (ctx, { args, flags }) =>
    changeInstances(ctx, {
      services: args.services,
      all: flags.all,
      done: 'resumed',
      ask: (daemon, input) => daemon.api.resumeInstances(input),
    }),
})
