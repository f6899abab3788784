import type { Change, Entry } from '../store.ts'

/** The revision of each key, as the last change that was seen left it. */
export type Revisions = ReadonlyMap<string, number>

/**
 * The changes that lead from what was seen to what is there now, oldest first. What came and went between is not told, and what is gone
 * went at `revision` at the latest: nobody can know when.
 */
export function differences(seen: Revisions, now: readonly Entry[], revision: number): Change[] {
  const there = new Set(now.map(({ key }) => key))
  const puts = now
    .filter(({ key, revision: theirs }) => seen.get(key) !== theirs)
    .toSorted((a, b) => a.revision - b.revision)
  const gone = [...seen.keys()].filter((key) => !there.has(key))
  return [
    ...puts.map((entry) => ({ kind: 'put', entry }) as const),
    ...gone.map((key) => ({ kind: 'delete', key, revision }) as const),
  ]
}
