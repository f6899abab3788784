import type { Backup } from '../../contract/backup.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { segmentName, segmentPlace, segmentStart } from '../../core/wal/segment-name.ts'
import { pathFrom } from '../../core/wal/timeline-path.ts'
import type { Inventory } from './inventory.ts'

/** A segment that a recovery from a backup reads, in its order. */
export interface WalOfBackup {
  readonly name: string
  /** Whether the archive has its file. */
  readonly present: boolean
}

/**
 * The WAL that a recovery from this backup reads on its way to the newest moment, from the backup's start on; what is missing on the way, or was
 * there once at its end, is named too. Up to its stop a backup has it itself.
 */
export function walOfBackup(
  backup: Pick<Backup, 'timeline' | 'startLsn' | 'stopLsn'>,
  stock: Pick<Inventory, 'ranges' | 'histories' | 'lines' | 'gone'>,
  segmentBytes: number,
): WalOfBackup[] {
  const { ranges, histories, lines, gone } = stock
  const present = new Set(lines.map(({ segment }) => segment))
  const stop = segmentName(backup.timeline, lsnOf(backup.stopLsn), segmentBytes)
  const known = [stop, ...present, ...gone.map(({ segment }) => segment)]
  const startLsn = lsnOf(backup.startLsn)
  const { legs } = pathFrom(backup.timeline, startLsn, { ranges, histories, segmentBytes })
  const found: WalOfBackup[] = []
  let at = segmentStart(startLsn, segmentBytes)
  for (const { timeline, switchLsn } of legs) {
    const until =
      switchLsn === undefined
        ? endOf(known, timeline, segmentBytes)
        : segmentStart(switchLsn, segmentBytes)
    for (; at < until; at += BigInt(segmentBytes)) {
      const name = segmentName(timeline, at, segmentBytes)
      found.push({ name, present: present.has(name) })
    }
  }
  return found
}

/** Behind the last segment of a timeline that is known. */
function endOf(known: readonly string[], timeline: number, segmentBytes: number): bigint {
  return known
    .map((name) => segmentPlace(name, segmentBytes))
    .filter((place) => place.timeline === timeline)
    .reduce((end, { startLsn }) => {
      const behind = startLsn + BigInt(segmentBytes)
      return behind > end ? behind : end
    }, 0n)
}
