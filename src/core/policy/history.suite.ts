import type { Archive, Backup, WalRange } from '../../contract/backup.ts'
import { formatLsn } from '../wal/lsn.ts'
import { segmentName } from '../wal/segment-name.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const SEGMENT_BYTES = 16 * 1024 * 1024
/** Midnight in UTC. */
export const START_MS = Date.parse('2026-03-02T00:00:00.000Z')

export const instant = (atMs: number): string => new Date(atMs).toISOString()

/** A history in which the server fills one WAL segment each hour: the first one in the first hour. */
export const lsnAt = (hour: number): bigint => BigInt(Math.round((hour + 1) * SEGMENT_BYTES))

/** A base backup that begins at `hour` and takes so many hours. */
export function backupAt(hour: number, changes: Partial<Backup> = {}, takesHours = 0.5): Backup {
  return {
    id: `20260302-${String(Math.round(hour * 100)).padStart(6, '0')}`,
    lineage: 'l00001',
    engine: 'copy',
    kind: 'full',
    startedAt: instant(START_MS + hour * HOUR_MS),
    finishedAt: instant(START_MS + (hour + takesHours) * HOUR_MS),
    startLsn: formatLsn(lsnAt(hour)),
    stopLsn: formatLsn(lsnAt(hour + takesHours)),
    timeline: 1,
    version: '16.14',
    sizeBytes: 1024 ** 2,
    cold: false,
    ...changes,
  }
}

/** The WAL of these hours, both ends included; what is in `lost` is not there. */
export function walOf(hours: number, lost: ReadonlySet<number> = new Set()): WalRange[] {
  const ranges: WalRange[] = []
  let first: number | undefined
  for (let hour = 0; hour <= hours + 1; hour++) {
    const there = hour <= hours && !lost.has(hour)
    if (there) first ??= hour
    else if (first !== undefined) {
      ranges.push({ timeline: 1, first: nameOf(first), last: nameOf(hour - 1) })
      first = undefined
    }
  }
  return ranges
}

const nameOf = (hour: number): string => segmentName(1, lsnAt(hour), SEGMENT_BYTES)

export const archiveOf = (hours: number, changes: Partial<Archive> = {}): Archive => ({
  lineage: 'l00001',
  ranges: walOf(hours),
  segments: hours,
  storedBytes: 0,
  backlog: { segments: 0, bytes: 0 },
  problems: [],
  checkedAt: instant(START_MS + hours * HOUR_MS),
  ...changes,
})
