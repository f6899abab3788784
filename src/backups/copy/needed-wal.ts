import type { Backup } from '../../contract/backup.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { parseSegmentName, segmentStart } from '../../core/wal/segment-name.ts'
import type { Inventory } from './inventory.ts'

/**
 * Whether a restore from this base on could need a segment. Without a base, what follows the first archived segment: a restored
 * server's own WAL folder begins with files of the history that it came from.
 */
export function neededSince(
  base: Pick<Backup, 'startLsn' | 'timeline'> | undefined,
  stock: Pick<Inventory, 'lines'>,
  segmentBytes: number,
): (segment: string) => boolean {
  const [first] = stock.lines
  if (!base) {
    return (segment) =>
      first !== undefined &&
      parseSegmentName(segment, segmentBytes) !== undefined &&
      segment.slice(0, 8) === first.segment.slice(0, 8) &&
      segment > first.segment
  }
  const from = segmentStart(lsnOf(base.startLsn), segmentBytes)
  return (segment) => {
    const place = parseSegmentName(segment, segmentBytes)
    return place !== undefined && place.timeline >= base.timeline && place.startLsn >= from
  }
}
