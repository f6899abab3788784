import type { MemberProgress, MemberStatus } from '../contract/documents/member.ts'
import type { AgentEnvironment } from './environment.ts'

/** People read it; each write costs a disk its flush. */
const PROGRESS_MS = 1000

/** Writes what the agent sees of one member, when it changes. Writes never overtake one another. */
export class StatusWriter {
  readonly #id: [string, string, string]
  readonly #env: AgentEnvironment
  #last: MemberStatus | undefined
  #writing: Promise<void> = Promise.resolve()
  #progressAtMs = 0

  constructor(id: [string, string, string], env: AgentEnvironment) {
    this.#id = id
    this.#env = env
  }

  /** Whether anything was written yet: what came before this daemon is no news. */
  get isBegun(): boolean {
    return this.#last !== undefined
  }

  /** Writes the status when it differs from the last. */
  async write(status: MemberStatus): Promise<void> {
    await this.#writing
    if (JSON.stringify(status) === JSON.stringify(this.#last)) return
    this.#progressAtMs = performance.now() + PROGRESS_MS
    await this.#put(status)
    this.#last = status
  }

  /** How far the step is that the last status began: once a second, and never for one that is over before. */
  showProgress(progress: MemberProgress): void {
    if (!this.#last || performance.now() < this.#progressAtMs) return
    this.#progressAtMs = performance.now() + PROGRESS_MS
    const status = { ...this.#last, progress }
    this.#writing = this.#put(status).then(
      () => void (this.#last = status),
      // The step's own end will be written, or fail for the same reason where it is handled.
      (error: unknown) => this.#env.log('progress not written', { id: this.#id.join('/'), error }),
    )
  }

  async #put(status: MemberStatus): Promise<void> {
    const { store, documents } = this.#env
    await store.write([documents.observed.put(this.#id, status)])
  }
}
