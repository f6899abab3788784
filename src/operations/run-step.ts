import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { StepDocument } from '../contract/documents/operation.ts'
import { AppError, type ErrorBody } from '../errors/app-error.ts'
import type { StepContext, StepOptions } from './procedure.ts'
import type { OperationRecord } from './record.ts'

/** Called around every step; a fault test ends the process here. */
export type OnBoundary = (moment: 'before' | 'after', operation: string, step: string) => void

const FIRST_RETRY_MS = 200
/** Each word of progress is a write to the store; people read no faster. */
const REPORT_EVERY_MS = 250
/** For a body that heeds its deadline to end what it began; one that does not is left behind then. */
const LET_GO_MS = 1000

/** One step of an operation: kept result, retries, deadline, cancel. See `Context.step`. */
export async function runStep<T>(
  record: OperationRecord,
  signal: AbortSignal,
  onBoundary: OnBoundary,
  name: string,
  body: (step: StepContext) => Promise<T>,
  options: StepOptions = {},
): Promise<T> {
  const before = record.step(name)
  if (before?.state === 'done') return before.output as T
  if (before?.state === 'failed') throw AppError.fromBody(before.error as ErrorBody)
  signal.throwIfAborted()
  if (!options.evenIfCancelled && (await record.cancelRequested())) {
    throw new AppError('OPERATION_CANCELLED', `cancelled before “${name}”`)
  }
  onBoundary('before', record.value.kind, name)
  const first = begin(name, before, options)
  const last = first.attempt + (options.attempts ?? 3) - 1
  for (let attempt = first.attempt; ; attempt++) {
    const running: StepDocument = { ...first, attempt }
    await record.writeStep(running)
    try {
      const output = await untilItsEnd(record, running, signal, body, options)
      await record.writeStep({ ...ended(record, running), state: 'done', output })
      onBoundary('after', record.value.kind, name)
      return output
    } catch (error) {
      if (signal.aborted) throw error
      const failure = AppError.from(error)
      if (failure.retry === 'step' && attempt < last) {
        await delay(FIRST_RETRY_MS * 2 ** (attempt - first.attempt), undefined, { signal })
        continue
      }
      const error_ = failure.toJSON()
      await record.writeStep({ ...ended(record, running), state: 'failed', error: error_ })
      throw failure
    }
  }
}

function begin(name: string, before: StepDocument | undefined, options: StepOptions): StepDocument {
  if (before) return { ...before, attempt: before.attempt + 1 }
  const now = Date.now()
  const { deadlineMs } = options
  return {
    name,
    state: 'running',
    attempt: 1,
    startedAt: new Date(now).toISOString(),
    ...(deadlineMs ? { deadlineAt: new Date(now + deadlineMs).toISOString() } : {}),
  }
}

/** The step with the progress that was reported meanwhile. */
function ended(record: OperationRecord, running: StepDocument): StepDocument {
  const now = record.step(running.name) ?? running
  return { ...now, finishedAt: new Date().toISOString() }
}

/** Runs the body, to its own end, its deadline or a cancel. */
async function untilItsEnd<T>(
  record: OperationRecord,
  step: StepDocument,
  signal: AbortSignal,
  body: (step: StepContext) => Promise<T>,
  { endsOnCancel = false }: StepOptions,
): Promise<T> {
  let open = true
  let lastReportMs = 0
  const report = (progress: string): void => {
    if (!open || Date.now() - lastReportMs < REPORT_EVERY_MS) return
    lastReportMs = Date.now()
    // Progress is for those who watch now; the step's end writes the document again.
    record.writeStep({ ...step, progress }).catch(() => {})
  }
  const remainingMs = step.deadlineAt ? Date.parse(step.deadlineAt) - Date.now() : undefined
  const deadline =
    remainingMs === undefined ? undefined : AbortSignal.timeout(Math.max(0, remainingMs))
  const over = new AbortController()
  const cancel = new AbortController()
  if (endsOnCancel) abortOnCancel(record, cancel, over.signal)
  const any = AbortSignal.any([signal, cancel.signal, ...(deadline ? [deadline] : [])])
  try {
    const outcome = body({ signal: any, attempt: step.attempt, report })
    // The race takes a late outcome of the body as well, so that nobody misses it.
    return await (deadline ? Promise.race([outcome, tooLate(deadline, over.signal)]) : outcome)
  } catch (error) {
    if (signal.aborted) throw error
    if (cancel.signal.aborted) {
      throw new AppError('OPERATION_CANCELLED', `cancelled in “${step.name}”`, { cause: error })
    }
    if (!deadline?.aborted) throw error
    throw new AppError('DEADLINE_EXCEEDED', `“${step.name}” did not end in time`, { cause: error })
  } finally {
    open = false
    over.abort()
  }
}

function abortOnCancel(record: OperationRecord, cancel: AbortController, over: AbortSignal): void {
  record.untilCancelRequested(over).then(
    (asked) => asked && cancel.abort(),
    () => {}, // a store that does not answer fails the step's own writes, and a cancel waits for the next step then
  )
}

/** Throws when a body has not let go soon after its deadline. Never resolves. */
async function tooLate(deadline: AbortSignal, over: AbortSignal): Promise<never> {
  const never = new Promise<never>(() => {})
  try {
    if (!deadline.aborted) await once(deadline, 'abort', { signal: over })
    await delay(LET_GO_MS, undefined, { signal: over })
  } catch {
    return await never // the body ended first
  }
  throw deadline.reason
}
