import { command } from '../../command.ts'

export const tokenRm = command({
  name: ['token', 'rm'],
  summary: 'end a token at once',
  args: [{ name: 'name', kind: 'required', summary: 'As `howdah token ls` lists it' }],
  flags: {},
  examples: ['howdah token rm ci'],
  scope: 'none',
  async run(ctx, { args }) {
    const daemon = await ctx.daemon()
    const reply = await daemon.api.removeToken({ name: args.name })
    if (ctx.json) ctx.terminal.json(reply)
    else ctx.terminal.print(`The token “${reply.removed}” is no longer good`)
  },
})
