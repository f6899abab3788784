import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { version } from '../version.ts'
import type { Check } from './finding.ts'

const tailLines = 5

/** The daemon answers and is of our version; or it does not run, with the last words of its log. */
export const daemon: Check = async ({ home, daemon, daemonError }) => {
  const name = 'daemon'
  if (daemonError) {
    const { message, hint } = daemonError
    return [{ name, status: 'fail', message, whatNow: hint }]
  }
  if (daemon) {
    const { pid, version: running } = daemon.status
    if (running === version()) return [{ name, status: 'ok', message: `runs, pid ${pid}` }]
    const message = `version ${running} runs, this command line is ${version()}`
    const whatNow = '`howdah daemon stop`; the next command starts the new one.'
    return [{ name, status: 'warn', message, whatNow }]
  }
  const logFile = join(home, 'log', 'daemon.log')
  const lines = (await textOf(logFile)).trimEnd().split('\n').slice(-tailLines).filter(Boolean)
  const last = lines.length > 0 ? `; its log ends:\n${lines.join('\n')}` : ''
  const whatNow = `Commands that need it start it. If that fails: \`howdah daemon run\` shows why, and ${logFile} what was.`
  return [{ name, status: 'warn', message: `does not run${last}`, whatNow }]
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    // No log: it never ran here, or the folder cannot be read, which the check of the home tells.
    return ''
  }
}
