import { command } from '../../command.ts'
import { daemonAnswers } from '../../daemon-process.ts'
import { bytes } from '../../output/bytes.ts'
import { ago } from '../../output/duration.ts'
import { version } from '../../version.ts'

export const daemonStatus = command({
  name: ['daemon', 'status'],
  summary: 'show whether the daemon runs',
  description: 'Does not start it. The exit status is 0 in either case; --json has `running`.',
  args: [],
  flags: {},
  examples: ['howdah daemon status', 'howdah daemon status --json'],
  scope: 'none',
  async run(ctx) {
    const { print, json, warn } = ctx.terminal
    if (!(await ctx.remote()) && !(await daemonAnswers(ctx.home))) {
      if (ctx.json) json({ running: false, home: ctx.home })
      else print(`The daemon of ${ctx.home} does not run; commands that need it start it`)
      return
    }
    const daemon = await ctx.daemon({ start: false })
    const status = await daemon.api.getDaemon({})
    if (ctx.json) {
      json({ running: true, ...status })
      return
    }
    print(`The daemon runs: pid ${status.pid}, version ${status.version}`)
    print(`  since      ${ago(status.startedAt, Date.now())}`)
    print(`  home       ${status.home}`)
    print(`  log        ${status.logFile}`)
    print(`  memory     ${bytes(status.memoryBytes)}`)
    print(`  instances  ${status.instances}`)
    print(`  operations ${status.liveOperations} live`)
    if (status.version !== version()) {
      warn(
        `this command line is ${version()}; \`howdah daemon stop\` there lets the next command start it`,
      )
    }
  },
})
