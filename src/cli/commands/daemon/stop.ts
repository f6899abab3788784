import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import { daemonAnswers } from '../../daemon-process.ts'
import { demandLocal } from '../../remote/demand-local.ts'

/** Postgres may take its time for the last checkpoint; the daemon itself bounds each stop. */
const goneWithinMs = 120_000
const pollMs = 25

export const daemonStop = command({
  name: ['daemon', 'stop'],
  summary: 'end the daemon; instances run on',
  args: [],
  flags: {
    instances: {
      type: 'boolean',
      summary:
        'Stop all instances first, as with `howdah stop --all`; they stay so until you start them',
    },
  },
  examples: ['howdah daemon stop', 'howdah daemon stop --instances'],
  scope: 'none',
  async run(ctx, { flags }) {
    await demandLocal(ctx)
    if (!(await daemonAnswers(ctx.home))) {
      if (ctx.json) ctx.terminal.json({ running: false, stopped: 0 })
      else ctx.terminal.print('The daemon does not run')
      return
    }
    const daemon = await ctx.daemon({ start: false })
    const { stopped } = await daemon.api.stopDaemon({ instances: flags.instances })
    await untilGone(ctx.home)
    if (ctx.json) ctx.terminal.json({ running: false, stopped })
    else if (flags.instances)
      ctx.terminal.print(`Stopped the daemon and ${stopped} instance${stopped === 1 ? '' : 's'}`)
    else ctx.terminal.print('Stopped the daemon; instances run on')
  },
})

/** Returns when no daemon of the home answers any more. Throws DEADLINE_EXCEEDED. */
export async function untilGone(home: string): Promise<void> {
  const deadlineMs = Date.now() + goneWithinMs
  while (await daemonAnswers(home)) {
    if (Date.now() > deadlineMs) {
      throw new AppError('DEADLINE_EXCEEDED', 'the daemon was told to end and still answers')
    }
    await pause(pollMs)
  }
}
