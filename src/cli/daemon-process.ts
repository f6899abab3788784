import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '../errors/app-error.ts'
import { catalog } from '../errors/catalog.ts'
import { daemonEnvironment } from './daemon-environment.ts'
import type { Terminal } from './output/terminal.ts'
import { socketFetch } from './socket-fetch.ts'

interface Options {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
}

/** A daemon adopts its instances before it answers; with a hundred of them on a slow disk this is long enough. */
const answerWithinMs = 30_000
/** The same status also means that the home cannot be used, and then nobody will answer. */
const winnerAnswersWithinMs = 10_000
const pollMs = 15
const saySoAfterMs = 1_000

/**
 * The socket of this home's daemon. `run/daemon.json` names it when the usual path is longer than sun_path holds
 * (104 bytes on macOS, 108 on Linux).
 */
export function daemonSocket(home: string): string {
  try {
    const text = readFileSync(join(home, 'run', 'daemon.json'), 'utf8')
    const { socket } = JSON.parse(text) as { socket?: unknown }
    if (typeof socket === 'string') return socket
  } catch {
    // No file, or one of a daemon that died while writing: the usual path then shows that nobody listens.
  }
  return join(home, 'run', 'daemon.sock')
}

/**
 * Starts the daemon in the background and returns when it answers. Two that start at once end up with one daemon: the
 * daemon itself refuses to be the second, and the loser waits for the winner to answer. Throws DAEMON_UNREACHABLE with
 * the end of the daemon's log when it ends or stays silent, HOME_UNUSABLE when the home cannot hold a log.
 */
export async function startDaemon({ home, env, terminal }: Options): Promise<void> {
  const logFile = join(home, 'log', 'daemon.log')
  const { log, logStart } = openLog(home, logFile)
  const child = spawn(process.execPath, [launcher(), 'daemon', 'run'], {
    detached: true,
    cwd: home,
    stdio: ['ignore', log, log],
    env: { ...daemonEnvironment(env), HOWDAH_HOME: home },
  })
  closeSync(log)
  child.unref()
  try {
    await untilAnswered(child, home, terminal)
  } catch (cause) {
    const error = AppError.from(cause)
    throw new AppError(error.code, error.message, {
      cause,
      hint: `Read ${logFile}; \`howdah doctor\` looks for the usual causes.`,
      details: { log: logTail(logFile, logStart), logFile },
    })
  }
}

/** True when a daemon answers on this home's socket. */
export async function daemonAnswers(home: string): Promise<boolean> {
  try {
    const reply = await socketFetch(daemonSocket(home))('http://howdah/v1/daemon', {})
    await reply.text()
    return reply.ok
  } catch (error) {
    if (error instanceof AppError && error.code === 'DAEMON_UNREACHABLE') return false
    throw error
  }
}

async function untilAnswered(child: ChildProcess, home: string, terminal: Terminal): Promise<void> {
  const ended: { why?: string; conflict?: boolean } = {}
  let deadlineMs = Date.now() + answerWithinMs
  child.once('error', (error) => (ended.why = error.message))
  child.once('exit', (code, signal) => {
    ended.why = signal ? `it was ended by ${signal}` : `it ended with status ${code}`
    ended.conflict = code === catalog.DAEMON_ALREADY_RUNNING.exit
    deadlineMs = Date.now() + winnerAnswersWithinMs
  })
  const startedMs = Date.now()
  let said = false
  while (!(await daemonAnswers(home))) {
    const waitedMs = Date.now() - startedMs
    if (ended.why && !ended.conflict) {
      throw new AppError('DAEMON_UNREACHABLE', `the daemon did not start: ${ended.why}`)
    }
    if (Date.now() > deadlineMs) {
      child.kill()
      const why = ended.why ?? `it did not answer within ${answerWithinMs / 1000} s`
      throw new AppError('DAEMON_UNREACHABLE', `the daemon did not start: ${why}`)
    }
    if (!said && waitedMs > saySoAfterMs) terminal.note('Starting the daemon…')
    said ||= waitedMs > saySoAfterMs
    await pause(pollMs)
  }
}

function openLog(home: string, logFile: string): { log: number; logStart: number } {
  try {
    makeFolder(home, 0o711)
    makeFolder(join(home, 'log'), 0o700)
    const log = openSync(logFile, 'a', 0o600)
    return { log, logStart: statSync(logFile).size }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('HOME_UNUSABLE', `cannot write in ${home}: ${why}`, { cause })
  }
}

/** A folder with all above it. Node's own `recursive` never returns where mkdir says ENOENT below a folder that is there (/proc). */
function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return
  makeFolder(dirname(path), 0o755)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Two commands that start a daemon at once make the same folders.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** What this start wrote, the last 4 kB of it. */
function logTail(logFile: string, logStart: number): string {
  return readFileSync(logFile).subarray(logStart).subarray(-4096).toString('utf8')
}

const launcher = (): string => fileURLToPath(new URL('../../bin/howdah.js', import.meta.url))
