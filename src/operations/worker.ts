import type { OperationDocument } from '../contract/documents/operation.ts'
import { AppError } from '../errors/app-error.ts'
import { type Documents, documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'
import type { Procedure } from './procedure.ts'
import { OperationRecord } from './record.ts'
import { type OnBoundary, runStep } from './run-step.ts'

const LEASE_MS = 15_000
const RENEW_MS = 5000

export interface WorkerOptions<D> {
  readonly store: Store
  readonly procedures: readonly Procedure<never, D>[]
  readonly dependencies: D
  readonly onBoundary?: OnBoundary
  /** Told of failures that no operation can carry: a store that does not answer. */
  readonly onError: (error: unknown) => void
}

/**
 * Runs operations, those of a dead worker included, until `signal` aborts; then leaves them to the next worker as they
 * are. Resolves when every running step has let go. A lease that ran out, as it does while a laptop sleeps, is followed
 * by a new one.
 */
export async function work<D>(options: WorkerOptions<D>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await workUnderLease(options, signal)
}

async function workUnderLease<D>(options: WorkerOptions<D>, signal: AbortSignal): Promise<void> {
  const docs = documents(options.store)
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal])
  const lease = await options.store.grantLease(LEASE_MS)
  const renewal = setInterval(() => {
    options.store.renewLease(lease).then(
      (held) => held || lost.abort(new Error('the worker lost its lease')),
      (error: unknown) => lost.abort(error),
    )
  }, RENEW_MS)
  const running = new Map<string, Promise<void>>()
  const start = (operation: OperationDocument): void => {
    if (isLive(operation) && !running.has(operation.id)) {
      const done = runOne(options, docs, lease, operation.id, stop)
        .catch((error: unknown) => stop.aborted || options.onError(error))
        .finally(() => running.delete(operation.id))
      running.set(
        operation.id,
        done.then(() => {}),
      )
    }
  }
  try {
    const changes = options.store.watch(`${docs.operations.prefix}/`, stop)
    for (const { value } of await docs.operations.list()) start(value)
    for await (const change of changes) {
      if (change.kind === 'put') start(docs.operations.parse(change.entry).value)
    }
  } finally {
    clearInterval(renewal)
    await Promise.all(running.values())
    await options.store.revokeLease(lease)
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
  const claimed = await claim(options.store, id, lease)
  if (claimed === undefined) return
  try {
    const stored = await docs.operations.get(id)
    if (stored && isLive(stored.value)) {
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
  try {
    await record.begin()
    const output = await perform(options, record, signal)
    await record.end('done', { output })
  } catch (error) {
    if (signal.aborted) return // the next worker resumes it
    const failure = AppError.from(error)
    const state = failure.code === 'OPERATION_CANCELLED' ? 'cancelled' : 'failed'
    await record.end(state, { error: failure.toJSON() })
  }
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

/**
 * One worker runs an operation at a time: the claim goes when its worker's lease does. Gives the claim's revision;
 * undefined when another worker has it.
 */
async function claim(store: Store, id: string, lease: string): Promise<number | undefined> {
  try {
    const key = `claims/${id}`
    return await store.write([{ kind: 'put', key, value: { lease }, ifRevision: 0, lease }])
  } catch (error) {
    if (AppError.from(error).code === 'STORE_CONFLICT') return undefined
    throw error
  }
}
