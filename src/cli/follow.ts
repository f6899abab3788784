import { setTimeout as pause } from 'node:timers/promises'
import type { Operation, OperationState } from '../contract/operation.ts'
import { AppError } from '../errors/app-error.ts'
import type { Context, Daemon } from './context.ts'
import { liveProgress, plainProgress, type Progress, silentProgress } from './output/progress.ts'

const ended: ReadonlySet<OperationState> = new Set(['done', 'failed', 'cancelled'])
/** A daemon that was killed is started again by the next call; this often in a row nothing new is worth bearing. */
const mostBreaks = 5
const breakPauseMs = 200

/**
 * Shows an operation until it has ended and gives its last state. A failed one throws its own error, a cancelled one
 * OPERATION_CANCELLED. The first Ctrl-C says how to follow or cancel it later, the second throws INTERRUPTED; the
 * operation goes on in either case.
 */
export async function follow(
  ctx: Context,
  daemon: Daemon,
  operation: Operation,
): Promise<Operation> {
  const last = await watch(ctx, daemon, operation)
  if (last.state === 'failed') throw failure(last)
  if (last.state === 'cancelled') {
    throw new AppError('OPERATION_CANCELLED', `${last.title} was cancelled`, {
      details: { operation: last.id },
      hint: `See what was done with \`howdah ops show ${last.id}\`; run the command again to finish it.`,
    })
  }
  return last
}

/** As `follow`, but an operation that failed or was cancelled is given back like any other. */
export async function watch(
  ctx: Context,
  daemon: Daemon,
  operation: Operation,
): Promise<Operation> {
  const progress = progressFor(ctx)
  const leave = new AbortController()
  const stopListening = onInterrupts(
    () => progress.say(detachWords(operation.id)),
    () => leave.abort(),
  )
  try {
    progress.update(operation)
    return await untilEnded(daemon, operation, progress, leave.signal)
  } finally {
    stopListening()
    progress.close()
  }
}

async function untilEnded(
  daemon: Daemon,
  first: Operation,
  progress: Progress,
  signal: AbortSignal,
): Promise<Operation> {
  let last = first
  let breaks = 0
  while (!ended.has(last.state)) {
    breaks += 1
    try {
      for await (const next of daemon.streams.watchOperation({ id: first.id }, signal)) {
        breaks = 0
        last = next
        progress.update(next)
      }
      if (breaks > mostBreaks) {
        throw new AppError(
          'DAEMON_UNREACHABLE',
          `the daemon no longer says how far ${first.title} is`,
        )
      }
    } catch (error) {
      if (signal.aborted) throw interrupted(first, error)
      if (!isBreak(error) || breaks > mostBreaks) throw error
    }
    if (breaks > 0) await pause(breakPauseMs)
  }
  return last
}

/** A connection that broke, as opposed to an answer that says no. */
const isBreak = (error: unknown): boolean =>
  !(error instanceof AppError) || error.code === 'DAEMON_UNREACHABLE'

function failure(operation: Operation): AppError {
  const body = operation.error
  const error = body
    ? AppError.fromBody(body as Parameters<typeof AppError.fromBody>[0])
    : new AppError('INTERNAL', `${operation.title} failed`)
  return new AppError(error.code, error.message, {
    cause: error,
    hint: error.hint,
    details: { ...error.details, operation: operation.id },
  })
}

function interrupted(operation: Operation, cause: unknown): AppError {
  return new AppError('INTERRUPTED', `no longer following ${operation.title}; it goes on`, {
    cause,
    hint: `Follow it with \`howdah ops tail ${operation.id}\`, end it with \`howdah ops cancel ${operation.id}\`.`,
    details: { operation: operation.id },
  })
}

const detachWords = (id: string): string =>
  `The work goes on in the daemon. Follow it later with \`howdah ops tail ${id}\`, ` +
  `end it with \`howdah ops cancel ${id}\`. Ctrl-C again leaves.`

function progressFor({ terminal, json }: Context): Progress {
  if (terminal.stderr.isTTY) return liveProgress(terminal)
  return json ? silentProgress : plainProgress(terminal)
}

function onInterrupts(first: () => void, second: () => void): () => void {
  let count = 0
  const listener = (): void => {
    count += 1
    if (count === 1) first()
    else second()
  }
  process.on('SIGINT', listener)
  return () => process.off('SIGINT', listener)
}
