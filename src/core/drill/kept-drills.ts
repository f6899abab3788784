import type { Drill } from '../../contract/drill.ts'

/** Of each lineage the newest ones stay… */
const KEPT = 30
/** …and every failure for a season, because what it found may be looked into much later. */
const FAILURES_KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** The drills of one lineage whose records go. */
export function drillsToForget(drills: readonly Drill[], nowMs: number): Drill[] {
  const newestFirst = drills.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
  return newestFirst
    .slice(KEPT)
    .filter((d) => d.outcome === 'passed' || nowMs - Date.parse(d.finishedAt) > FAILURES_KEPT_MS)
}
