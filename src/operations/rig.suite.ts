import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { OperationDocument } from '../contract/documents/operation.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { enqueue } from './enqueue.ts'
import type { Procedure } from './procedure.ts'
import type { OnBoundary } from './run-step.ts'
import { work } from './worker.ts'

/** A real store in a folder of its own, and workers on it, for as long as a test runs. */
export async function openRig() {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-operations-'))
  const store = openSqliteStore(join(folder, 'state.db'))
  const docs = documents(store)
  const workers: { end: () => Promise<void> }[] = []
  onTestFinished(async () => {
    for (const worker of workers) await worker.end()
    await store.close()
    await rm(folder, { recursive: true })
  })

  /** The operation once `accept` likes it; now or after a change. */
  async function until(
    id: string,
    accept: (operation: OperationDocument) => boolean,
  ): Promise<OperationDocument> {
    const stop = new AbortController()
    try {
      const changes = store.watch(docs.operations.key(id), stop.signal)
      const now = await docs.operations.get(id)
      if (now && accept(now.value)) return now.value
      for await (const change of changes) {
        if (change.kind === 'put') {
          const { value } = docs.operations.parse(change.entry)
          if (accept(value)) return value
        }
      }
      throw new Error(`the operation ${id} is not there`)
    } finally {
      stop.abort()
    }
  }

  return {
    folder,
    store,
    docs,
    until,
    ended: (id: string) => until(id, (o) => o.finishedAt !== undefined),
    enqueue: (procedure: Procedure, input: unknown = {}, host?: string) =>
      enqueue({ store, documents: docs, host }, procedure, input),
    /** A worker that runs until it is ended or the test is over. */
    startWorker(
      procedures: readonly Procedure[],
      { onBoundary, host }: { onBoundary?: OnBoundary; host?: string } = {},
    ) {
      const stop = new AbortController()
      const errors: unknown[] = []
      const options = {
        store,
        procedures: procedures as unknown as readonly Procedure<never, object>[],
        dependencies: {},
        onError: (error: unknown) => errors.push(error),
        host,
        ...(onBoundary ? { onBoundary } : {}),
      }
      const done = work(options, stop.signal)
      const worker = {
        errors,
        end: (): Promise<void> => {
          stop.abort()
          return done
        },
      }
      workers.push(worker)
      return worker
    },
    async cancel(id: string): Promise<void> {
      const found = await docs.operations.get(id)
      if (!found) throw new Error(`the operation ${id} is not there`)
      await store.write([docs.operations.put([id], { ...found.value, cancelRequested: true })])
    },
  }
}

export { forever, procedureOf } from './steps.suite.ts'
