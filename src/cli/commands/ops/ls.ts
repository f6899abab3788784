import { command } from '../../command.ts'
import { ago } from '../../output/duration.ts'
import { operationState, operationTook } from '../../output/operation-line.ts'

export const opsLs = command({
  name: ['ops', 'ls'],
  summary: 'list operations, the newest first',
  args: [],
  flags: { limit: { type: 'integer', short: 'n', value: 'N', summary: 'At most this many (20)' } },
  examples: ['howdah ops ls', 'howdah ops ls --limit 100 --json'],
  scope: 'none',
  async run(ctx, { flags }) {
    const daemon = await ctx.daemon()
    const operations = await daemon.api.listOperations({ limit: flags.limit ?? 20 })
    if (ctx.json) ctx.terminal.json(operations)
    else if (operations.length === 0) ctx.terminal.note('No operations yet')
    else {
      const { colour } = ctx.terminal
      ctx.terminal.table(
        [
          { title: 'ID', value: (operation) => operation.id },
          { title: 'WHAT', value: (operation) => operation.title, shrinks: true },
          { title: 'STATE', value: (operation) => operationState(operation, colour) },
          { title: 'BEGUN', value: (operation) => ago(operation.createdAt, Date.now()) },
          {
            title: 'TOOK',
            value: (operation) => operationTook(operation, Date.now()),
            align: 'right',
          },
        ],
        operations,
      )
    }
  },
})
