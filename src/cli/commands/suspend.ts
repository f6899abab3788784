import { command } from '../command.ts'
import { changeInstances } from '../change-instances.ts'

export const suspend = command({
  name: ['suspend'],
  summary: 'stop instances until their next client connects',
  description:
    'Without SERVICE: all of the project. A client that connects wakes its instance and waits the moment that takes; ' +
    '`howdah resume` wakes it before.',
  args: [{ name: 'services', kind: 'any', summary: 'Services of the project' }],
  flags: { all: { type: 'boolean', short: 'a', summary: 'Those of every project' } },
  examples: ['howdah suspend', 'howdah suspend database', 'howdah suspend --all'],
  scope: 'compose',
  run: (ctx, { args, flags }) =>
    changeInstances(ctx, {
      services: args.services,
      all: flags.all,
      done: 'suspended',
      ask: (daemon, input) => daemon.api.suspendInstances(input),
    }),
})
