import { command } from '../../command.ts'
import type { Column } from '../../output/table.ts'
import { LOCAL, readContexts } from '../../remote/contexts.ts'

interface Row {
  readonly name: string
  readonly url: string | undefined
  readonly current: boolean
}

export const contextLs = command({
  name: ['context', 'ls'],
  summary: 'list the daemons that commands can go to',
  description: '--context NAME, or HOWDAH_CONTEXT, chooses one for a single command.',
  args: [],
  flags: {},
  examples: ['howdah context ls', 'howdah --context production ps'],
  scope: 'none',
  async run(ctx) {
    const { current, contexts } = await readContexts(ctx.env)
    const rows: Row[] = [
      { name: LOCAL, url: undefined, current: current === LOCAL },
      ...Object.entries(contexts).map(([name, { url }]) => ({
        name,
        url,
        current: name === current,
      })),
    ]
    if (ctx.json) ctx.terminal.json(rows)
    else ctx.terminal.table(columns, rows)
  },
})

const columns: Column<Row>[] = [
  { title: '', value: (r) => (r.current ? '*' : '') },
  { title: 'NAME', value: (r) => r.name },
  { title: 'DAEMON', value: (r) => r.url ?? 'this machine' },
]
