import type { Archive, Backup } from '../../contract/backup.ts'
import { lsnOf } from '../wal/lsn.ts'
import { boundsOf, segmentStart } from '../wal/segment-name.ts'

/**
 * How much of an archive lies before the start of a backup, whatever its timeline. Segments are counted; what they take is reckoned
 * from what all of them take.
 */
export function walBefore(
  { ranges, segments, storedBytes }: Pick<Archive, 'ranges' | 'segments' | 'storedBytes'>,
  { startLsn }: Pick<Backup, 'startLsn'>,
  segmentBytes: number,
): { segments: number; bytes: number } {
  const from = segmentStart(lsnOf(startLsn), segmentBytes)
  let older = 0
  for (const range of ranges) {
    const { start, end } = boundsOf(range, segmentBytes)
    const last = end < from ? end : from
    if (last > start) older += Number((last - start) / BigInt(segmentBytes))
  }
  const bytes = segments === 0 ? 0 : Math.round((storedBytes * older) / segments)
  return { segments: older, bytes }
}
