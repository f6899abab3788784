import type { WalRange } from '../../contract/backup.ts'
import { lsnOf } from './lsn.ts'
import { segmentPlace } from './segment-name.ts'

/**
 * The last archived segment of a timeline when the archive has WAL that lies behind `lsn`, a place that the server came to later: no
 * server is behind its own archive, so it has gone back to an older state. Undefined when all fits.
 */
export function archivedBeyond(
  ranges: readonly WalRange[],
  server: { readonly timeline: number; readonly lsn: string },
  segmentBytes: number,
): string | undefined {
  const newest = ranges.findLast(({ timeline }) => timeline === server.timeline)
  if (!newest) return undefined
  // Where its records end is not known of every segment; where it begins is.
  const reaches = newest.endLsn
    ? lsnOf(newest.endLsn)
    : segmentPlace(newest.last, segmentBytes).startLsn
  return reaches > lsnOf(server.lsn) ? newest.last : undefined
}
