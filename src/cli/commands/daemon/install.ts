import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname } from 'node:path'
import { AppError } from '../../../errors/app-error.ts'
import { command } from '../../command.ts'
import type { Context } from '../../context.ts'
import { daemonAnswers } from '../../daemon-process.ts'
import { runProcess } from '../../run/run-process.ts'
import { untilGone } from './stop.ts'
import { serviceFile, type ServiceFile } from '../../service/service-file.ts'

export const daemonInstall = command({
  name: ['daemon', 'install'],
  summary: 'have the system start the daemon, with systemd or launchd',
  description:
    'Writes a systemd unit (Linux) or a launchd job (macOS) and, where systemd runs, enables it. The databases run on ' +
    'while the service manager restarts the daemon.',
  args: [],
  flags: {
    system: { type: 'boolean', summary: 'For the whole machine (as root, the default)' },
    user: { type: 'boolean', summary: 'For this account (not as root, the default)' },
    print: { type: 'boolean', summary: 'Print the file and change nothing' },
  },
  examples: ['howdah daemon install', 'howdah daemon install --user --print'],
  scope: 'none',
  async run(ctx, { flags }) {
    if (flags.system && flags.user) throw new AppError('USAGE', 'say --system or --user, not both')
    const uid = process.getuid?.() ?? 0
    const { platform } = process
    if (platform !== 'linux' && platform !== 'darwin') {
      throw new AppError('NOT_SUPPORTED', `there is no service manager that we know on ${platform}`)
    }
    const scope = flags.system || (uid === 0 && !flags.user) ? 'system' : 'user'
    const userHome = ctx.env['HOME'] || homedir()
    const file = serviceFile({ platform, scope, home: ctx.home, userHome, uid, env: ctx.env })
    if (flags.print) {
      ctx.terminal.stdout.write(file.text)
      return
    }
    await write(file)
    const runs = platform === 'linux' && existsSync('/run/systemd/system')
    if (runs) await enable(ctx, file)
    report(ctx, file, runs)
  },
})

async function write({ path, text }: ServiceFile): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('NOT_SUPPORTED', `cannot write ${path}: ${why}`, {
      cause,
      hint: 'As root: `howdah daemon install --system`. For this account: --user. To see the file: --print.',
    })
  }
}

async function enable(ctx: Context, { commands }: ServiceFile): Promise<void> {
  // One daemon serves one home: the one that a command started makes way for the service.
  if (await daemonAnswers(ctx.home)) {
    const daemon = await ctx.daemon({ start: false })
    await daemon.api.stopDaemon({ instances: false })
    await untilGone(ctx.home)
  }
  for (const [program = '', ...args] of commands) {
    const status = await runProcess({ command: program, args, env: ctx.env, directory: '/' })
    if (status !== 0) {
      const line = [program, ...args].join(' ')
      throw new AppError('NOT_SUPPORTED', `\`${line}\` ended with status ${status}`, {
        hint: 'Its own words are above; `systemctl status howdah` says more.',
      })
    }
  }
}

function report(ctx: Context, { path, commands, advice }: ServiceFile, enabled: boolean): void {
  const lines = commands.map((words) => words.join(' '))
  if (ctx.json) {
    ctx.terminal.json({ path, enabled, commands: lines, advice })
    return
  }
  ctx.terminal.print(`Wrote ${path}${enabled ? ' and enabled it' : ''}`)
  if (!enabled) ctx.terminal.print(`To enable it:\n${lines.map((line) => `  ${line}`).join('\n')}`)
  if (advice) ctx.terminal.note(advice)
}
