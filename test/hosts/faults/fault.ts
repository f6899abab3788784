import type { Harness } from '../harness/harness.ts'
import type { Target } from './target.ts'

/** What a fault has at hand. */
export interface Scene {
  readonly target: Target
  /** They run all the time, and have begun. */
  readonly clients: Harness
  /** How long a fault lasts that lasts. */
  readonly holdMs: number
  /** Does the harm itself; the gap that clients see is counted from here. */
  readonly strike: (harm: () => unknown) => Promise<void>
  /** Notes what must not happen, when it did: the fault then fails whatever clients saw. */
  readonly complain: (what: string) => void
}

/** A row of the fault matrix. */
export interface Fault {
  readonly title: string
  /**
   * Brings it about, waits for what must come of it while it lasts, and puts everything right again. Whoever runs it waits then
   * until clients write and the cluster is whole, and judges.
   */
  readonly run: (scene: Scene) => Promise<void>
}
