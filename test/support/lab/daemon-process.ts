import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { daemonAnswers } from '../../../src/cli/daemon-process.ts'
import { until } from './until.ts'

export interface DaemonProcess {
  readonly pid: number
  /** Ends with it: its status, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): Promise<void>
}

export interface DaemonStart {
  readonly home: string
  readonly script: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly logFile: string
}

/** Starts a daemon as a child of the test, and gives it when it answers. One that ends instead is an Error with its log. */
export async function startDaemonProcess(start: DaemonStart): Promise<DaemonProcess> {
  const log = openSync(start.logFile, 'a')
  const child = spawn(process.execPath, start.script, {
    cwd: '/',
    env: start.env,
    // A group of its own: Ctrl-C on the tests must not stand in for what a test does.
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  await once(child, 'spawn')
  const { pid } = child
  if (pid === undefined) throw new Error('a spawned process has no pid')
  let end: number | NodeJS.Signals | undefined
  const ended = once(child, 'exit').then(([code, signal]) => {
    end = (code ?? signal) as number | NodeJS.Signals
    return end
  })
  await until('a daemon that answers', async () => {
    if (end !== undefined) {
      throw new Error(`the daemon ended with ${end}:\n${readFileSync(start.logFile, 'utf8')}`)
    }
    return daemonAnswers(start.home)
  })
  return {
    pid,
    ended,
    async kill(signal) {
      child.kill(signal)
      await ended
    },
  }
}
