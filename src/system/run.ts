import { statSync } from 'node:fs'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import spawn, { SubprocessError } from 'nano-spawn'
import { AppError } from '../errors/app-error.ts'
import type { ErrorCode } from '../errors/catalog.ts'
import { errnoOf } from './file-errors.ts'

export interface RunOptions {
  readonly cwd?: string | undefined
  /** Added to our own environment; `undefined` takes a name out of it. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** False: `env` is all of its environment, and nothing of ours is in it. For what others wrote. */
  readonly inheritEnv?: false | undefined
  /** Given to standard input, which is empty otherwise. */
  readonly input?: string | Buffer | undefined
  /** Who it runs as; only root may name one. Without: as us. */
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
  /** Ends the program and all that it started. */
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** How long it has to end by itself after an abort or the deadline; 5 s unless given. */
  readonly killDelayMs?: number | undefined
  /** Gets each line of either stream as it comes. */
  readonly onLine?: ((line: string) => void) | undefined
}

/** What a program left behind. The streams are text (UTF-8) without the last newline. */
export interface Finished {
  readonly stdout: string
  readonly stderr: string
  /** As a shell gives it: 128 plus the signal's number when a signal ended it. */
  readonly exitCode: number
}

/** From SIGTERM to SIGKILL, as execa has it: enough to remove temporary files. */
const defaultKillDelayMs = 5000

/** How much of stderr an error carries: the reason is at the end, and a log must not be flooded. */
const tailLines = 20

/**
 * Runs a short program to its end, in a session of its own. A non-zero exit is given back, not thrown. It ends when its
 * output is closed, so a program that leaves a server behind must not hand it these streams.
 *
 * Throws COMMAND_NOT_FOUND (`details.errno`: ENOENT, EACCES …) when it cannot be started, DEADLINE_EXCEEDED after `timeoutMs`,
 * and on abort the signal's own AppError or else OPERATION_CANCELLED; then nothing that it started is left.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const deadline =
    options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs)
  const stop = AbortSignal.any([options.signal, deadline].filter((signal) => signal !== undefined))
  if (stop.aborted) throw stopError(program, options)
  const child = spawn(program, args, {
    // A group of its own, so that ending it ends its children too.
    detached: true,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...(options.inheritEnv === false ? withoutOurs() : {}), ...options.env },
    ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
  })
  // Settled at once, so that a failed start is never an unhandled rejection while we wait for something else.
  const ended = child.then(
    ({ stdout, stderr }) => ({ stdout, stderr, exitCode: 0 }),
    (error: unknown) => finishedOr(error, program, options),
  )
  const started = await child.nodeChildProcess.catch(() => undefined)
  if (!started?.pid) return throwOutcome(await ended)
  if (options.input !== undefined) started.stdin?.end(options.input)
  for (const stream of [started.stdout, started.stderr]) onLines(stream, options.onLine)
  const disarm = endGroupOnAbort(started.pid, stop, options.killDelayMs ?? defaultKillDelayMs)
  const outcome = await ended.finally(disarm)
  if (stop.aborted) throw stopError(program, options)
  return throwOutcome(outcome)
}

/** nano-spawn adds to our environment, and Node leaves out what is undefined. */
const withoutOurs = (): Record<string, undefined> =>
  Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]))

/** As {@link run}, but any other exit than 0 throws `code` with the end of stderr in `details`. */
export async function runOk(
  program: string,
  args: readonly string[],
  { code, ...options }: RunOptions & { readonly code: ErrorCode },
): Promise<Finished> {
  const finished = await run(program, args, options)
  if (finished.exitCode === 0) return finished
  throw new AppError(code, `${program} failed with exit code ${finished.exitCode}`, {
    details: { program, exitCode: finished.exitCode, stderr: tail(finished.stderr) },
  })
}

/** The last lines of a program's output. */
export function tail(text: string): string {
  return text.split('\n').slice(-tailLines).join('\n')
}

function throwOutcome(outcome: Finished | AppError): Finished {
  if (outcome instanceof AppError) throw outcome
  return outcome
}

function finishedOr(error: unknown, program: string, options: RunOptions): Finished | AppError {
  if (!(error instanceof SubprocessError)) return AppError.from(error)
  const { stdout, stderr, exitCode, signalName } = error
  if (signalName !== undefined) {
    return { stdout, stderr, exitCode: 128 + constants.signals[signalName as NodeJS.Signals] }
  }
  // A negative exit code is Node's way to give the errno of a failed start.
  if (exitCode !== undefined && exitCode > 0) return { stdout, stderr, exitCode }
  return startError(error.cause, program, options)
}

function startError(cause: unknown, program: string, { cwd, account }: RunOptions): AppError {
  const errno = errnoOf(cause)
  const reason =
    errno === 'ENOENT'
      ? cwd !== undefined && !statSync(cwd, { throwIfNoEntry: false })
        ? `the folder to start it in, ${cwd}, does not exist`
        : 'there is no such program'
      : errno === 'EACCES'
        ? `it may not be executed${account ? ` by the account with uid ${account.uid}` : ''}`
        : cause instanceof Error
          ? cause.message
          : String(cause)
  return new AppError('COMMAND_NOT_FOUND', `cannot run ${program}: ${reason}`, {
    details: { program, ...(errno ? { errno } : {}) },
    cause,
  })
}

function stopError(program: string, { signal, timeoutMs }: RunOptions): AppError {
  if (signal?.aborted) return abortError(signal, program)
  const message = `${program} did not end within ${timeoutMs} ms and was stopped`
  return new AppError('DEADLINE_EXCEEDED', message, { details: { program, timeoutMs } })
}

/** What an aborted signal means for `what`: the signal's own AppError, or else OPERATION_CANCELLED. */
export function abortError(signal: AbortSignal, what: string): AppError {
  const reason: unknown = signal.reason
  if (reason instanceof AppError) return reason
  return new AppError('OPERATION_CANCELLED', `${what} was stopped before its end`, {
    cause: reason,
  })
}

/** Gives the function that takes it back once the program has ended. */
function endGroupOnAbort(pid: number, stop: AbortSignal, killDelayMs: number): () => void {
  let killTimer: NodeJS.Timeout | undefined
  const end = (): void => {
    signalGroup(pid, 'SIGTERM')
    killTimer = setTimeout(() => signalGroup(pid, 'SIGKILL'), killDelayMs)
  }
  if (stop.aborted) end()
  else stop.addEventListener('abort', end, { once: true })
  return () => {
    stop.removeEventListener('abort', end)
    clearTimeout(killTimer)
    // The program is gone; what it started and left behind, with the streams closed, is not.
    if (stop.aborted) signalGroup(pid, 'SIGKILL')
  }
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name)
  } catch (error) {
    // Nobody of the group is left. macOS says EPERM when only zombies are.
    if (errnoOf(error) !== 'ESRCH' && errnoOf(error) !== 'EPERM') throw error
  }
}

function onLines(stream: Readable | null, onLine: RunOptions['onLine']): void {
  if (stream && onLine) createInterface({ input: stream }).on('line', onLine)
}
