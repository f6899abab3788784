import { isWalBetween } from '../sql/backup.ts'
import { lsnOf } from './lsn.ts'
import { segmentName } from './segment-name.ts'

/** The record of a checkpoint (114 bytes) with a page's long header (40 bytes) in it, and room to spare. */
const LONGEST_CHECKPOINT_BYTES = 512n

/** Where a server that was shut down in order begins when it starts. */
interface Shutdown {
  readonly timeline: number
  /** Of its last checkpoint's record. */
  readonly checkpointLsn: string
  readonly walSegmentBytes: number
}

/**
 * Whether a file of `pg_wal` is one that a server needs to start after an orderly shutdown: what has the record of its last
 * checkpoint, and the histories of timelines. Nothing after that record was ever written.
 */
export function isStartWal({
  timeline,
  checkpointLsn,
  walSegmentBytes,
}: Shutdown): (name: string) => boolean {
  const from = lsnOf(checkpointLsn)
  const first = segmentName(timeline, from, walSegmentBytes)
  const last = segmentName(timeline, from + LONGEST_CHECKPOINT_BYTES, walSegmentBytes)
  return (name) => /^[0-9A-F]{8}\.history$/.test(name) || isWalBetween(name, first, last)
}
