import { eachTransaction } from './each-transaction.ts'
import { formatLsn } from './lsn.ts'
import { instantOf, microsOf } from './postgres-time.ts'
import type { SegmentTail } from './record-assembly.ts'

export interface Commit {
  readonly at: string
  /** Of its record. */
  readonly lsn: string
}

/**
 * The commits of a segment between which a recovery to the moment `at` (an instant, in microseconds at best) ends: the first
 * that is later, at which Postgres stops, and the one before it, which is the last that comes back.
 */
export function commitsAround(
  bytes: Uint8Array,
  at: string,
  previousTail?: SegmentTail,
): { before?: Commit; after?: Commit; tail: SegmentTail | undefined } {
  const target = microsOf(at)
  const around: { before?: Commit; after?: Commit } = {}
  const tail = eachTransaction(bytes, previousTail, ({ outcome, atMicros }, { lsn }) => {
    if (around.after || outcome !== 'committed') return
    const side = atMicros > target ? 'after' : 'before'
    around[side] = { at: instantOf(atMicros), lsn: formatLsn(lsn) }
  })
  return { ...around, tail }
}
