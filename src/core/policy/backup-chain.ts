import type { Archive, Backup } from '../../contract/backup.ts'
import { lsnOf } from '../wal/lsn.ts'
import { segmentPlace, segmentStart } from '../wal/segment-name.ts'

/**
 * The backups that one of these needs to be restored: none for a full one, the full one before it for a differential, the one
 * before it with all that needs for an incremental. `undefined` when its full one is not among them.
 */
export function parentsOf(backup: Backup, all: readonly Backup[]): readonly Backup[] | undefined {
  if (backup.kind === 'full') return []
  const earlier = byStart(all).filter((b) => Date.parse(b.startedAt) < Date.parse(backup.startedAt))
  const isDifferential = backup.kind === 'differential'
  const parent = isDifferential ? earlier.findLast((b) => b.kind === 'full') : earlier.at(-1)
  const others = parent && parentsOf(parent, earlier)
  return others && [parent, ...others]
}

/** Those of which no part is known to be damaged or gone, oldest first. */
export function undamaged(all: readonly Backup[]): Backup[] {
  return byStart(all).filter((backup) => {
    const parents = parentsOf(backup, all)
    return [backup, ...(parents ?? [])].every((b) => b.damage === undefined) && parents
  })
}

/** Those of the undamaged that can be restored: the WAL that was written during the copy is in the archive. */
export function restorable(
  all: readonly Backup[],
  { ranges }: Pick<Archive, 'ranges'>,
  segmentBytes: number,
): Backup[] {
  return undamaged(all).filter(
    (b) => b.cold || ranges.some((range) => holds(range, b, segmentBytes)),
  )
}

function holds(range: Archive['ranges'][number], backup: Backup, segmentBytes: number): boolean {
  const first = segmentPlace(range.first, segmentBytes).startLsn
  const end = segmentPlace(range.last, segmentBytes).startLsn + BigInt(segmentBytes)
  const from = segmentStart(lsnOf(backup.startLsn), segmentBytes)
  return range.timeline === backup.timeline && first <= from && lsnOf(backup.stopLsn) <= end
}

export const byStart = (backups: readonly Backup[]): Backup[] =>
  backups.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
