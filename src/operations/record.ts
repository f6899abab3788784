import type { OperationDocument, StepDocument } from '../contract/documents/operation.ts'
import type { OperationState } from '../contract/operation.ts'
import { AppError, type ErrorBody } from '../errors/app-error.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

/**
 * One running operation's document. Writes go one after another, so that parallel steps don't undo each other; only
 * `cancelRequested` is written by others and is read back on each conflict.
 */
export class OperationRecord {
  readonly #store: Store
  readonly #documents: Documents
  #value: OperationDocument
  #revision: number
  #last: Promise<void> = Promise.resolve()

  constructor(store: Store, documents: Documents, value: OperationDocument, revision: number) {
    this.#store = store
    this.#documents = documents
    this.#value = value
    this.#revision = revision
  }

  get value(): OperationDocument {
    return this.#value
  }

  step(name: string): StepDocument | undefined {
    return this.#value.steps.find((s) => s.name === name)
  }

  async cancelRequested(): Promise<boolean> {
    const now = await this.#documents.operations.get(this.#value.id)
    return now?.value.cancelRequested ?? false
  }

  /** True as soon as its end is asked for, false when `signal` aborts before. */
  async untilCancelRequested(signal: AbortSignal): Promise<boolean> {
    const { operations } = this.#documents
    const changes = this.#store.watch(operations.key(this.#value.id), signal)
    if (await this.cancelRequested()) return true
    for await (const change of changes) {
      if (change.kind === 'put' && operations.parse(change.entry).value.cancelRequested) return true
    }
    return false
  }

  writeStep(step: StepDocument): Promise<void> {
    return this.#change((operation) => {
      const at = operation.steps.findIndex((s) => s.name === step.name)
      const steps = at < 0 ? [...operation.steps, step] : operation.steps.with(at, step)
      return { ...operation, steps }
    })
  }

  begin(): Promise<void> {
    return this.#change((operation) => ({ ...operation, state: 'running' }))
  }

  /** Ends the operation and frees its subjects, in one write. */
  end(
    state: Extract<OperationState, 'done' | 'failed' | 'cancelled'>,
    result: { output?: unknown; error?: ErrorBody },
  ): Promise<void> {
    return this.#change(
      (operation) => ({ ...operation, ...result, state, finishedAt: new Date().toISOString() }),
      true,
    )
  }

  #change(edit: (o: OperationDocument) => OperationDocument, release = false): Promise<void> {
    const next = this.#last.then(() => this.#write(edit, release))
    this.#last = next.catch(() => {}) // the caller gets the error; the next write starts afresh
    return next
  }

  async #write(edit: (o: OperationDocument) => OperationDocument, release: boolean): Promise<void> {
    const { operations, locks } = this.#documents
    const { id } = this.#value
    for (;;) {
      const stored = await operations.get(id)
      if (stored && stored.revision !== this.#revision) {
        this.#value = { ...this.#value, cancelRequested: stored.value.cancelRequested }
        this.#revision = stored.revision
      }
      const value = edit(this.#value)
      const freed = release ? value.subjects.map((s) => locks.remove([s])) : []
      const put = operations.put([id], value, this.#revision)
      try {
        this.#revision = await this.#store.write([put, ...freed])
        this.#value = value
        return
      } catch (error) {
        // A cancel came between the reading and the writing; without a document there is nothing to read back.
        if (!stored || AppError.from(error).code !== 'STORE_CONFLICT') throw error
      }
    }
  }
}
