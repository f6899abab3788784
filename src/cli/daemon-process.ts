import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '../errors/app-error.ts'
import { catalog } from '../errors/catalog.ts'
import { daemonEnvironment } from './daemon-environment.ts'
import { daemonFailure } from './daemon-failure.ts'
import type { Terminal } from './output/terminal.ts'
import { socketFetch } from './socket-fetch.ts'

interface Options {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
}

/** A daemon adopts its instances before it answers; with a hundred of them on a slow disk this is long enough. */
const answerWithinMs = 30_000
/** Another daemon has the home: it was started a moment ago, or hangs. */
const winnerAnswersWithinMs = 10_000
const pollMs = 15
const saySoAfterMs = 1_000
/** Characters of a silent daemon's log that are shown. */
const logTailLength = 4096

/**
 * The socket of this home's daemon. `run/daemon.json` names it when the usual path is longer than sun_path holds
 * (104 bytes on macOS, 108 on Linux). Throws HOME_UNUSABLE when another account has the folder of that other path: after a
 * crash anyone can make one in the temporary folder, and would be sent our configuration.
 */
export function daemonSocket(home: string): string {
  const usual = join(home, 'run', 'daemon.sock')
  const noted = notedSocket(home)
  if (noted === undefined || noted === usual) return usual
  const folder = lstatSync(dirname(noted), { throwIfNoEntry: false })
  if (!folder) return noted
  const isOurs = folder.isDirectory() && folder.uid === process.geteuid?.()
  if (isOurs && (folder.mode & 0o022) === 0) return noted
  throw new AppError('HOME_UNUSABLE', `${dirname(noted)}, the daemon's folder, is not ours alone`, {
    details: { path: dirname(noted), uid: folder.uid },
    hint: 'Remove it, or set HOWDAH_HOME to a shorter path: then the folder is not needed.',
  })
}

function notedSocket(home: string): string | undefined {
  try {
    const text = readFileSync(join(home, 'run', 'daemon.json'), 'utf8')
    const { socket } = JSON.parse(text) as { socket?: unknown }
    return typeof socket === 'string' ? socket : undefined
  } catch {
    // No file, or one of a daemon that died while writing: the usual path then shows that nobody listens.
    return undefined
  }
}

/**
 * Starts the daemon in the background and returns when it answers. Two that start at once end up with one daemon: the
 * daemon itself refuses to be the second, and the loser waits for the winner to answer. Throws the daemon's own error
 * when it said why it ended, DAEMON_UNREACHABLE with the end of its log when it ended without a word or stays silent,
 * HOME_UNUSABLE when the home cannot hold a log.
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
  const said = (): string => readFileSync(logFile).subarray(logStart).toString('utf8')
  const failure = (): AppError | undefined => daemonFailure(said(), child.pid)
  try {
    await untilAnswered(child, home, terminal, failure)
  } catch (cause) {
    const error = AppError.from(cause)
    const silent = error.code === 'DAEMON_UNREACHABLE'
    throw new AppError(error.code, error.message, {
      cause,
      hint: silent ? `Read ${logFile}; \`howdah doctor\` looks for the usual causes.` : error.hint,
      details: {
        ...error.details,
        ...(silent ? { log: said().slice(-logTailLength) } : {}),
        logFile,
      },
    })
  }
}

/** True when a daemon answers on this home's socket, be it that it cannot do anything yet: then the next call says why. */
export async function daemonAnswers(home: string): Promise<boolean> {
  try {
    const reply = await socketFetch(daemonSocket(home))('http://howdah/v1/daemon', {})
    await reply.text()
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'DAEMON_UNREACHABLE') return false
    throw error
  }
}

async function untilAnswered(
  child: ChildProcess,
  home: string,
  terminal: Terminal,
  failure: () => AppError | undefined,
): Promise<void> {
  const ended: { why?: string; status?: number | null } = {}
  let deadlineMs = Date.now() + answerWithinMs
  child.once('error', (error) => (ended.why = error.message))
  child.once('exit', (code, signal) => {
    ended.why = signal ? `it was ended by ${signal}` : `it ended with status ${code}`
    ended.status = code
    deadlineMs = Date.now() + winnerAnswersWithinMs
  })
  const startedMs = Date.now()
  let said = false
  while (!(await daemonAnswers(home))) {
    const waitedMs = Date.now() - startedMs
    if (ended.why) {
      const own = failure()
      const hasWinner = own
        ? own.code === 'DAEMON_ALREADY_RUNNING'
        : ended.status === catalog.DAEMON_ALREADY_RUNNING.exit
      if (!hasWinner) {
        throw own ?? new AppError('DAEMON_UNREACHABLE', `the daemon did not start: ${ended.why}`)
      }
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

const launcher = (): string => fileURLToPath(new URL('../../bin/howdah.js', import.meta.url))
