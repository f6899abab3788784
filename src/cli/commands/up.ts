import { command } from '../command.ts'
import { upFlags } from '../up/flags.ts'
import { runUp } from '../up/run-up.ts'

export const up = command({
  name: ['up'],
  summary: 'make the project’s databases as the compose file says',
  description: [
    'Shows what it will do and does it; a second `up` finds nothing to do. Asks first only when clients would lose their',
    'connections. Other services stay with Docker Compose (`howdah compose`) or run with `howdah run`.',
  ].join('\n'),
  args: [],
  flags: {
    plan: { type: 'boolean', summary: 'Only show what would be done' },
    yes: { type: 'boolean', short: 'y', summary: 'Do not ask' },
    wait: { type: 'boolean', summary: 'Return when every instance accepts connections' },
    detach: { type: 'boolean', short: 'd', summary: 'Return when the work has begun' },
    ...upFlags,
  },
  examples: ['howdah up', 'howdah up --plan', 'howdah -f compose.prod.yaml up --mode ha --yes'],
  scope: 'compose',
  run: (ctx, { flags }) => runUp(ctx, flags),
})
