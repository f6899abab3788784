import { command } from '../../command.ts'

export const daemonRun = command({
  name: ['daemon', 'run'],
  summary: 'run the daemon in the foreground',
  description:
    'For service managers. SIGTERM ends it; instances run on and the next daemon adopts them.',
  args: [],
  flags: {},
  examples: ['howdah daemon run', 'HOWDAH_HOME=/srv/howdah howdah daemon run'],
  scope: 'none',
  async run(ctx) {
    const { runDaemon } = await import('../../../daemon/main.ts')
    await runDaemon({ home: ctx.home, schedules: ctx.env['HOWDAH_SCHEDULES'] !== 'off' })
  },
})
