import type { Backup } from '../../contract/backup.ts'
import { type IndexedSegment, walRanges } from './ranges.ts'
import type { Holdings } from './stretches.ts'

/** A lineage of made-up WAL for tests: segment n begins at n/0 and is written in minute n of the day. */
export const segmentBytes = 2 ** 30

/** Minute `n` of the day, and a second of it. */
export const at = (minute: number, second = 0): string =>
  `2026-11-20T15:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}.000Z`

/** The segment of a minute; four of 1 GiB make one of the numbers before the slash. */
export const segment = (minute: number, timeline = 1): string =>
  [timeline, Math.floor(minute / 4), minute % 4]
    .map((n) => n.toString(16).toUpperCase().padStart(8, '0'))
    .join('')

/** A place in the segment of a minute. */
export const lsn = (minute: number, offset = 0): string => {
  const low = (minute % 4) * segmentBytes + offset
  return `${Math.floor(minute / 4).toString(16)}/${low.toString(16)}`.toUpperCase()
}

/** A base backup that began in a minute's 10th second and was whole in its 20th. */
export const backup = (minute: number, changes: Partial<Backup> = {}): Backup => ({
  id: `20261120-15${String(minute).padStart(2, '0')}00-test`,
  lineage: 'abcdef',
  engine: 'copy',
  kind: 'full',
  startedAt: at(minute, 10),
  finishedAt: at(minute, 20),
  startLsn: lsn(minute, 0x28),
  stopLsn: lsn(minute, 0x100),
  timeline: 1,
  version: '16.14',
  sizeBytes: 1000,
  cold: false,
  ...changes,
})

/** What the index has of a minute's segment: a commit at its 30th second, then a switch. */
export const indexed = (minute: number, timeline = 1): IndexedSegment => ({
  segment: segment(minute, timeline),
  lastCommitAt: at(minute, 30),
  lastCommitLsn: lsn(minute, 0x200),
  lastRecordLsn: lsn(minute, 0x300),
  endLsn: lsn(minute + 1),
})

/** Holdings with the segments of these minutes; everything was archived by second 40 of the last. */
export function holdings(
  backups: readonly Backup[],
  minutes: readonly (number | IndexedSegment)[],
): Holdings & { now: string } {
  const segments = minutes.map((m) => (typeof m === 'number' ? indexed(m) : m))
  const commits = segments.flatMap(({ lastCommitAt }) => lastCommitAt ?? []).sort()
  const lastCommitAt = commits.at(-1)
  const completeUntil = lastCommitAt?.replace(':30.', ':40.')
  return {
    backups,
    segmentBytes,
    archive: {
      ranges: walRanges(segments, segmentBytes),
      ...(lastCommitAt && completeUntil ? { lastCommitAt, completeUntil } : {}),
    },
    now: at(59),
  }
}
