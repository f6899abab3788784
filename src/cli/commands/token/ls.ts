import type { Token } from '../../../contract/token.ts'
import { command } from '../../command.ts'
import { age, duration } from '../../output/duration.ts'
import type { Column } from '../../output/table.ts'

export const tokenLs = command({
  name: ['token', 'ls'],
  summary: 'list who may call this daemon from elsewhere',
  args: [],
  flags: {},
  examples: ['howdah token ls', 'howdah token ls --json'],
  scope: 'none',
  async run(ctx) {
    const daemon = await ctx.daemon()
    const tokens = await daemon.api.listTokens({})
    if (ctx.json) ctx.terminal.json(tokens)
    else if (tokens.length === 0) ctx.terminal.note('No tokens')
    else ctx.terminal.table(columns(Date.now()), tokens)
  },
})

const columns = (nowMs: number): Column<Token>[] => [
  { title: 'NAME', value: (t) => t.name },
  { title: 'ROLE', value: (t) => t.purpose ?? t.role },
  { title: 'PROJECTS', value: (t) => t.projects?.join(', ') ?? 'all' },
  { title: 'MADE', value: (t) => `${age(t.createdAt, nowMs)} ago by ${t.createdBy}` },
  { title: 'USED', value: (t) => (t.lastUsedAt ? `${age(t.lastUsedAt, nowMs)} ago` : 'never') },
  { title: 'ENDS', value: (t) => ends(t, nowMs) },
]

function ends({ expiresAt }: Token, nowMs: number): string {
  if (expiresAt === undefined) return 'when removed'
  const leftMs = Date.parse(expiresAt) - nowMs
  return leftMs > 0 ? `in ${duration(leftMs)}` : 'ended'
}
