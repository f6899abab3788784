import type { AuditEntry } from '../../contract/token.ts'
import { command } from '../command.ts'
import type { Column } from '../output/table.ts'

export const audit = command({
  name: ['audit'],
  summary: 'show who changed what, or saw a secret',
  description:
    'Every call that changes something or reveals a password or config, whether it came by the command line here or from elsewhere, and what became of it. Values are not kept.',
  args: [],
  flags: {
    limit: { type: 'integer', short: 'n', value: 'N', summary: 'At most the N newest (100)' },
  },
  examples: ['howdah audit', 'howdah audit -n 1000 --json'],
  scope: 'none',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const entries = await daemon.api.listAudit({ limit: flags.limit ?? 100 })
    if (ctx.json) ctx.terminal.json(entries)
    else if (entries.length === 0) ctx.terminal.note('Nothing yet')
    else ctx.terminal.table(columns, entries)
  },
})

const columns: Column<AuditEntry>[] = [
  { title: 'AT', value: (e) => e.at },
  { title: 'WHO', value: (e) => e.who },
  { title: 'FROM', value: (e) => e.from },
  { title: 'CALL', value: (e) => e.what },
  { title: 'ABOUT', value: (e) => e.subject ?? '' },
  {
    title: 'RESULT',
    value: (e) => (e.operation ? `${e.result}, operation ${e.operation}` : e.result),
  },
]
