import { nowMs } from './clock.ts'
import { type Progress, outcomeOfFailure, reasonOf } from './outcome.ts'
import type { Outcome } from './records.ts'
import type { Session } from './session.ts'

/** What is recorded of every operation. */
export interface Attempt<T> {
  readonly startMs: number
  readonly endMs: number
  readonly outcome: Outcome
  readonly error?: string
  /** Of an acknowledged operation. */
  readonly value?: T
}

/** What an operation tells about how far it has come. */
export type AboutToCommit = () => void

/** Performs one operation to its end, whatever that is. `work` calls back right before it sends what commits. */
export async function attempt<T>(
  session: Session,
  work: (aboutToCommit: AboutToCommit) => Promise<T>,
): Promise<Attempt<T>> {
  const startMs = nowMs()
  let progress: Progress = 'before-commit'
  try {
    await session.connect()
    const value = await work(() => (progress = 'commit-sent'))
    const endMs = nowMs()
    if (!session.takeDoubt()) return { startMs, endMs, outcome: 'acked', value }
    return { startMs, endMs, outcome: 'unknown', error: 'acknowledged with a warning' }
  } catch (error) {
    const outcome = outcomeOfFailure(error, progress)
    session.drop({ isLost: outcome === 'unknown' })
    return { startMs, endMs: nowMs(), outcome, error: reasonOf(error) }
  }
}
