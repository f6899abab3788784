import { command } from '../../command.ts'
import { daemonAnswers, startDaemon } from '../../daemon-process.ts'
import { demandLocal } from '../../remote/demand-local.ts'

export const daemonStart = command({
  name: ['daemon', 'start'],
  summary: 'start the daemon in the background',
  description: 'Commands that need it start it by themselves.',
  args: [],
  flags: {},
  examples: ['howdah daemon start'],
  scope: 'none',
  async run(ctx) {
    await demandLocal(ctx)
    const before = await daemonAnswers(ctx.home)
    if (!before) await startDaemon(ctx)
    const daemon = await ctx.daemon({ start: false })
    const status = await daemon.api.getDaemon({})
    if (ctx.json) ctx.terminal.json(status)
    else ctx.terminal.print(`The daemon ${before ? 'runs already' : 'runs'}: pid ${status.pid}`)
  },
})
