const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** One scheduled try that has ended. */
export interface Attempt {
  readonly outcome: 'done' | 'failed' | 'cancelled'
  readonly startedAtMs: number
  readonly finishedAtMs: number
}

/**
 * Before when no further try may begin: a minute after one that was done, 1, 2, 4 … minutes and at most an hour after failures in a
 * row, an hour after a person cancelled one. `attempts` in any order.
 */
export function restUntil(attempts: readonly Attempt[], nowMs: number): number {
  const ended = believable(attempts, nowMs).toSorted((a, b) => b.finishedAtMs - a.finishedAtMs)
  const [last] = ended
  if (!last) return 0
  if (last.outcome === 'cancelled') return last.finishedAtMs + HOUR_MS
  const others = ended.findIndex((a) => a.outcome !== 'failed')
  const failures = others < 0 ? ended.length : others
  return last.finishedAtMs + Math.min(HOUR_MS, MINUTE_MS * 2 ** Math.max(0, failures - 1))
}

/** The newest that was done. */
export function lastDone(attempts: readonly Attempt[], nowMs: number): Attempt | undefined {
  return believable(attempts, nowMs)
    .filter((a) => a.outcome === 'done')
    .toSorted((a, b) => a.finishedAtMs - b.finishedAtMs)
    .at(-1)
}

/** Without those of a clock that was ahead: they would stop all work until it is that late again. */
const believable = (attempts: readonly Attempt[], nowMs: number): readonly Attempt[] =>
  attempts.filter((a) => a.finishedAtMs <= nowMs + HOUR_MS)
