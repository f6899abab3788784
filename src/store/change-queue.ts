import type { Change } from './store.ts'

/** Hands changes from a writer to one reader, in order, without losing any while the reader is busy. */
export class ChangeQueue implements AsyncIterable<Change> {
  #waiting: Change[] = []
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  push(change: Change): void {
    this.#waiting.push(change)
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Change> {
    while (!this.#signal.aborted) {
      const next = this.#waiting.shift()
      if (next) yield next
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
