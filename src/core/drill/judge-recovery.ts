import type { Backup } from '../../contract/backup.ts'
import type { DrillCheck } from '../../contract/drill.ts'
import { describeBytes } from '../describe-bytes.ts'
import { formatLsn, lsnOf } from '../wal/lsn.ts'
import { parseTimelineHistory } from '../wal/timeline-history.ts'

export interface Recovered {
  readonly check: DrillCheck
  /** WAL that was replayed after the base began. */
  readonly walBytes: number
}

export interface Recovery {
  /** The history of the timeline that the restored server began. */
  readonly history: string
  readonly backup: Pick<Backup, 'id' | 'startLsn'>
  /** Where the archive ends, for a recovery that was to replay all of it. */
  readonly archived: string | undefined
  readonly walSegmentBytes: number
}

/**
 * What it says that a restored server takes connections: it was promoted, so its timeline's history tells where the replay ended.
 * One that had to replay everything and ended before the last archived file did so without a word.
 */
export function judgeRecovery({ history, backup, archived, walSegmentBytes }: Recovery): Recovered {
  const end = parseTimelineHistory(history)?.at(-1)?.switchLsn
  if (end === undefined) {
    const sentence = 'the restored server began no timeline of its own, so it did not recover'
    return { check: { kind: 'start', outcome: 'failed', sentence }, walBytes: 0 }
  }
  const walBytes = Math.max(0, Number(end - lsnOf(backup.startLsn)))
  const lastFile = archived === undefined ? undefined : lsnOf(archived) - BigInt(walSegmentBytes)
  if (lastFile !== undefined && end <= lastFile) {
    const sentence = `the replay ended at ${formatLsn(end)}, and the archive goes on until ${archived}`
    return { check: { kind: 'start', outcome: 'failed', sentence }, walBytes }
  }
  const sentence = `the server started from ${backup.id}, replayed ${describeBytes(walBytes)} of WAL up to ${formatLsn(end)} and takes connections`
  return { check: { kind: 'start', outcome: 'passed', sentence }, walBytes }
}
