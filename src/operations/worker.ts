import type { OperationDocument } from '../contract/documents/operation.ts'
import { isOwn } from '../contract/own-host.ts'
import { AppError } from '../errors/app-error.ts'
import { type Documents, documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import { claim, dropDeadClaims } from './claim.ts'
import { holdLease } from './held-lease.ts'
import type { Procedure } from './procedure.ts'
import { OperationRecord } from './record.ts'
import { type OnBoundary, runStep } from './run-step.ts'
import { untilItWorks } from './until-it-works.ts'

export interface WorkerOptions<D> {
  readonly store: Store
  readonly procedures: readonly Procedure<never, D>[]
  readonly dependencies: D
  /** Whose operations it runs; unset on a machine by itself: all. */
  readonly host?: string | undefined
  readonly onBoundary?: OnBoundary
  /** Told of failures that no operation can carry: a store that does not answer. */
  readonly onError: (error: unknown) => void
}

/**
 * Runs this host's operations, those of a dead worker included, until `signal` aborts; then leaves them to the next worker as they
 * are. Resolves when every running step has let go. A lease that ran out, as it does while a laptop sleeps, is followed
 * by a new one, and so is one that was lost because the store did not answer, on a full disk for example. Throws
 * STORE_CORRUPT when the list of operations cannot be read: no later try would change that.
 */
export async function work<D>(options: WorkerOptions<D>, signal: AbortSignal): Promise<void> {
  const onFailure = (error: unknown): void => {
    if (AppError.from(error).code === 'STORE_CORRUPT') throw error
    options.onError(error)
  }
  while (!signal.aborted) {
    await untilItWorks(() => workUnderLease(options, signal), onFailure, signal)
  }
}

async function workUnderLease<D>(options: WorkerOptions<D>, signal: AbortSignal): Promise<void> {
  const docs = documents(options.store)
  const ended = new AbortController()
  if (options.host !== undefined) await dropDeadClaims(options.store, options.host)
  const lease = await holdLease(options.store, options.onError)
  const stop = AbortSignal.any([signal, ended.signal, lease.lost])
  const running = new Map<string, Promise<void>>()
  const start = (operation: OperationDocument): void => {
    const { id } = operation
    if (!isLive(operation) || !isOwn(options.host, operation) || running.has(id)) return
    // An operation whose end could not be written is still live: it is entered again, and its ended steps are kept.
    const act = (): Promise<void> => runOne(options, docs, lease.id, id, stop)
    const done = untilItWorks(act, options.onError, stop).finally(() => running.delete(id))
    running.set(id, done)
  }
  try {
    const changes = options.store.watch(`${docs.operations.prefix}/`, stop)
    for (const { value } of await docs.operations.list()) start(value)
    for await (const change of changes) {
      if (change.kind === 'put') start(docs.operations.parse(change.entry).value)
    }
  } finally {
    ended.abort()
    // Renewed until all have let go, unless it is lost: nobody else may begin before.
    await Promise.all(running.values())
    lease.stopRenewing()
    await options.store.revokeLease(lease.id)
  }
}

const isLive = (o: OperationDocument): boolean => o.state === 'queued' || o.state === 'running'

async function runOne<D>(
  options: WorkerOptions<D>,
  docs: Documents,
  lease: string,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const claimed = await claim(options.store, id, { lease, host: options.host }, signal)
  if (claimed === undefined) return
  try {
    const stored = await docs.operations.get(id)
    if (stored && isLive(stored.value) && isOwn(options.host, stored.value)) {
      const record = new OperationRecord(options.store, docs, stored.value, stored.revision)
      await runClaimed(options, record, signal)
    }
  } finally {
    // Only our own claim: after a lost lease another worker may have one.
    await options.store.write([{ kind: 'delete', key: `claims/${id}`, ifRevision: claimed }])
  }
}

async function runClaimed<D>(
  options: WorkerOptions<D>,
  record: OperationRecord,
  signal: AbortSignal,
): Promise<void> {
  await record.begin()
  let output: unknown
  try {
    output = await perform(options, record, signal)
  } catch (error) {
    if (signal.aborted) return // the next worker resumes it
    const failure = AppError.from(error)
    const state = failure.code === 'OPERATION_CANCELLED' ? 'cancelled' : 'failed'
    return await record.end(state, { error: failure.toJSON() })
  }
  await record.end('done', { output })
}

async function perform<D>(
  options: WorkerOptions<D>,
  record: OperationRecord,
  signal: AbortSignal,
): Promise<unknown> {
  const { kind, input, id } = record.value
  const found = options.procedures.find((p) => p.kind === kind)
  if (!found) throw new AppError('INTERNAL', `this version does not know the operation “${kind}”`)
  const procedure = found as unknown as Procedure
  const onBoundary = options.onBoundary ?? (() => {})
  const context = {
    id,
    signal,
    step: (name: string, body: never, stepOptions?: object) =>
      runStep(record, signal, onBoundary, name, body, stepOptions),
  }
  const parsed: unknown = procedure.input.parse(input)
  return procedure.run(parsed, context as never, options.dependencies)
}
