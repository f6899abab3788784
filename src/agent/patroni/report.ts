import type { MemberStatus } from '../../contract/documents/member.ts'
import type { StatusWriter } from '../status-writer.ts'

/**
 * Writes a member's status beside the turns of its loop, which the guard needs: a store that does not answer is waited for long.
 * What comes while one is being written is not kept: `onFree` says that it may be told again.
 */
export class Report {
  readonly #writer: Pick<StatusWriter, 'write'>
  readonly #onFree: () => void
  readonly #onError: (error: unknown) => void
  #writing: Promise<void> | undefined
  #missed = false

  constructor(
    writer: Pick<StatusWriter, 'write'>,
    on: { readonly free: () => void; readonly error: (error: unknown) => void },
  ) {
    this.#writer = writer
    this.#onFree = on.free
    this.#onError = on.error
  }

  tell(status: MemberStatus): void {
    if (this.#writing) return void (this.#missed = true)
    this.#missed = false
    this.#writing = this.#writer
      .write(status)
      .catch(this.#onError)
      .finally(() => {
        this.#writing = undefined
        if (this.#missed) this.#onFree()
      })
  }

  /** Resolves when nothing is being written any more. */
  async end(): Promise<void> {
    await this.#writing
  }
}
