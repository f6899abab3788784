import { command } from '../command.ts'
import { runDown } from '../down/run-down.ts'

export const down = command({
  name: ['down'],
  summary: 'remove the project’s databases, after a final snapshot where one is wanted',
  description: [
    'Lists what will be destroyed and wants the project’s name typed, or --yes. Modes from balanced up always keep a',
    'final snapshot unless --no-snapshot is given; affordable asks, and without a terminal keeps what the mode says.',
    'Needs no compose file when -p names the project. Configs are kept.',
  ].join('\n'),
  args: [{ name: 'services', kind: 'any', summary: 'Only these; none: the whole project' }],
  flags: {
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    snapshot: { type: 'toggle', summary: 'Keep a final snapshot, or keep nothing' },
    acceptLoss: {
      type: 'boolean',
      summary: 'Also when commits that no backup has go with the data of a server that died',
    },
  },
  examples: [
    'howdah down',
    'howdah down database --yes --snapshot',
    'howdah -p shop down --yes --no-snapshot',
  ],
  scope: 'compose',
  run: (ctx, { args, flags }) => runDown(ctx, args.services, flags),
})
