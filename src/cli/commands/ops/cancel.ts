import { command } from '../../command.ts'

export const opsCancel = command({
  name: ['ops', 'cancel'],
  summary: 'end an operation at its next safe point',
  args: [{ name: 'id', kind: 'required', summary: 'An id that `howdah ops ls` lists' }],
  flags: {},
  examples: ['howdah ops cancel mhz3k2v9abcd'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const operation = await daemon.api.cancelOperation({ id: args.id })
    if (ctx.json) {
      ctx.terminal.json(operation)
      return
    }
    const over = operation.finishedAt !== undefined
    ctx.terminal.print(
      over
        ? `${operation.title} is over already: ${operation.state}`
        : `${operation.title} ends at its next safe point`,
    )
    if (!over) ctx.terminal.note(`Watch it end with: howdah ops tail ${operation.id}`)
  },
})
