import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { CommandResult } from './lab-home.ts'

export const repository = join(import.meta.dirname, '../..')

interface Options {
  /** HOWDAH_HOME. */
  readonly home: string
  readonly directory: string
  /** What it reads on stdin. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a command line with something on its stdin, and gives how it ended when it has. */
export function startCommand(args: readonly string[], options: Options): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(repository, 'bin/howdah.js'), ...args], {
    cwd: options.directory,
    env: {
      ...process.env,
      NO_COLOR: '1',
      HOWDAH_SCHEDULES: 'off',
      ...options.env,
      HOWDAH_HOME: options.home,
    },
  })
  // A command that fails early closes its stdin before it has read all.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status: status ?? -1, ...said }))
  })
}
