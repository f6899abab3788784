import { command } from '../../command.ts'
import { follow } from '../../follow.ts'
import { operationTook } from '../../output/operation-line.ts'

export const opsTail = command({
  name: ['ops', 'tail'],
  summary: 'follow an operation to its end',
  description:
    'The exit status is that of the operation. Ctrl-C twice leaves; the operation goes on.',
  args: [{ name: 'id', kind: 'optional', summary: 'An id; without one, the newest operation' }],
  flags: {},
  examples: ['howdah ops tail', 'howdah ops tail mhz3k2v9abcd'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const operation = args.id
      ? await daemon.api.getOperation({ id: args.id })
      : (await daemon.api.listOperations({ limit: 1 }))[0]
    if (!operation) {
      ctx.terminal.note('No operations yet')
      return
    }
    const last = await follow(ctx, daemon, operation)
    if (ctx.json) ctx.terminal.json(last)
    else ctx.terminal.print(`${last.title}: ${last.state} in ${operationTook(last, Date.now())}`)
  },
})
