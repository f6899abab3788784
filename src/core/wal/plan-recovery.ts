import type { Backup } from '../../contract/backup.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import { lsnOf } from './lsn.ts'
import { microsOf } from './postgres-time.ts'
import { endSettings, type RecoveryEnd } from './recovery-settings.ts'
import { type Holdings, type Stretch, stretchesOf } from './stretches.ts'
import { type Allowed, nothingYet, outside, outsideTime } from './target-refusal.ts'

/** What the archive was found to have of a time, a transaction or a restore point: see `BackupEngine.find`. */
export interface FoundTarget {
  /** For a time: whether there is a later commit. */
  readonly present: boolean
  readonly at?: string | undefined
  /** Of its record; of the last commit, for a time without a later one. */
  readonly lsn?: string | undefined
  /** Of a time without a later one. */
  readonly lastCommitAt?: string | undefined
}

export interface WantedRecovery<B extends Backup> extends Holdings<B> {
  readonly target: RecoveryTarget
  /** Needed for a transaction and a restore point. */
  readonly found?: FoundTarget | undefined
  readonly now: string
  /** For the times in a refusal, an IANA name; UTC when not said. */
  readonly zone?: string
}

/** How a moment is brought back. */
export interface RecoveryPlan<B extends Backup> {
  /** The newest that was whole by then, on WAL without a hole. */
  readonly backup: B
  /** Of the server, for as long as it recovers, besides restore_command; none for everything that is there. */
  readonly settings: Record<string, string>
  /** The moment, as far as it is known before. */
  readonly until: { readonly at?: string; readonly lsn?: string }
}

/**
 * Chooses the backup and Postgres's recovery target for a moment. Where Postgres would find nothing to stop at, the last record
 * before it is the target: recovery then neither fails nor takes in what is committed while it runs. Throws
 * TARGET_OUTSIDE_WINDOW with what can be restored instead, BACKUP_NEEDED, BACKUP_NOT_FOUND or BACKUP_DAMAGED.
 */
export function planRecovery<B extends Backup>(wanted: WantedRecovery<B>): RecoveryPlan<B> {
  const { target, backups, found, now, zone = 'UTC' } = wanted
  const stretches = stretchesOf(wanted)
  const allowed: Allowed<B> = { stretches, now, zone }
  if (target.kind === 'backup') return planBackup(target.id, backups, allowed)
  const newest = stretches.at(-1)
  if (!newest) throw nothingYet(backups)
  switch (target.kind) {
    case 'latest':
      return planLatest(newest)
    case 'time':
      return planTime(target.at, allowed, found)
    case 'lsn':
      return planRecord(target.lsn, `the LSN ${target.lsn}`, allowed)
    case 'xid':
      return planFound(`the transaction ${target.xid}`, target.kind, target.xid, allowed, found)
    case 'name':
      return planFound(
        `the restore point “${target.name}”`,
        target.kind,
        target.name,
        allowed,
        found,
      )
  }
}

function planLatest<B extends Backup>(stretch: Stretch<B>): RecoveryPlan<B> {
  const backup = stretch.backups.at(-1) ?? stretch.backups[0]
  const end: RecoveryEnd = stretch.hole ? lastRecord(stretch, backup) : { kind: 'wal' }
  return plan(end, backup, stretch, { at: stretch.until, lsn: stretch.untilLsn })
}

function planTime<B extends Backup>(
  at: string,
  allowed: Allowed<B>,
  found: FoundTarget | undefined,
): RecoveryPlan<B> {
  const { stretches } = allowed
  const moment = microsOf(at)
  const isBy = ({ finishedAt }: B): boolean => microsOf(finishedAt) <= moment
  const stretch = stretches.findLast(
    ({ backups, until }) => backups.some(isBy) && moment <= microsOf(until),
  )
  const backup = stretch?.backups.findLast(isBy)
  if (!stretch || !backup) throw outsideTime(at, allowed)
  // A later commit that was found may lie behind a hole.
  const reachable = stretch === stretches.at(-1) && !stretch.hole
  return plan(endAt(at, stretch, backup, reachable ? found : undefined), backup, stretch, { at })
}

/** Where a recovery to a time ends: Postgres takes the time itself only when there is a later commit to stop at. */
function endAt(
  at: string,
  stretch: Stretch,
  backup: Backup,
  found: FoundTarget | undefined,
): RecoveryEnd {
  const { lastCommitAt, hole } = stretch
  const later = lastCommitAt !== undefined && microsOf(lastCommitAt) > microsOf(at)
  // A stretch that breaks off and says nothing of its commits is known up to its newest backup only.
  const isEnd = microsOf(at) === microsOf(stretch.until)
  const unknown = lastCommitAt === undefined && hole !== undefined && !isEnd
  if (later || unknown || found?.present === true) return { kind: 'time', at }
  const lsn = stretch.lastCommitLsn ?? found?.lsn
  if (lsn !== undefined) return recordOr(lsn, backup)
  const last = lastCommitAt ?? found?.lastCommitAt
  const idle = last !== undefined && microsOf(last) < microsOf(backup.startedAt)
  return idle || hole ? { kind: 'backup' } : { kind: 'wal' }
}

function planRecord<B extends Backup>(
  lsn: string,
  what: string,
  allowed: Allowed<B>,
  at?: string,
): RecoveryPlan<B> {
  const place = lsnOf(lsn)
  const isBy = ({ stopLsn }: B): boolean => lsnOf(stopLsn) <= place
  const stretch = allowed.stretches.findLast(
    ({ backups, untilLsn }) => isBy(backups[0]) && place <= lsnOf(untilLsn),
  )
  const backup = stretch?.backups.findLast(isBy)
  if (!stretch || !backup) throw outside(`${what} is outside of what is archived`, allowed)
  const { lastRecordLsn } = stretch
  const behind = lastRecordLsn !== undefined && place > lsnOf(lastRecordLsn)
  const end: RecoveryEnd = behind ? lastRecord(stretch, backup) : { kind: 'record', lsn }
  return plan(end, backup, stretch, { lsn, ...(at === undefined ? {} : { at }) })
}

/** By its place, which is exact: a restore point's name may come twice, and a transaction's number after 4 thousand million. */
function planFound<B extends Backup>(
  what: string,
  kind: 'xid' | 'name',
  value: string,
  allowed: Allowed<B>,
  found: FoundTarget | undefined,
): RecoveryPlan<B> {
  if (!found?.present) throw outside(`${what} is not in what is archived`, allowed)
  const { lsn, at } = found
  if (lsn !== undefined) return planRecord(lsn, what, allowed, at)
  // Without the place the oldest backup is the one that is before it for sure.
  const stretch = allowed.stretches.at(-1)
  if (!stretch) throw outside(`${what} cannot be reached`, allowed)
  const until = at === undefined ? {} : { at }
  return plan({ kind, value }, stretch.backups[0], stretch, until)
}

function planBackup<B extends Backup>(
  id: string,
  backups: readonly B[],
  allowed: Allowed<B>,
): RecoveryPlan<B> {
  const backup = backups.find((b) => b.id === id)
  if (!backup) throw new AppError('BACKUP_NOT_FOUND', `there is no backup ${id}`)
  if (backup.damage !== undefined) {
    throw new AppError('BACKUP_DAMAGED', `the backup ${id} is damaged: ${backup.damage}`)
  }
  const stretch = allowed.stretches.find((s) => s.backups.includes(backup))
  if (!stretch) throw outside(`the WAL that the backup ${id} needs is not archived`, allowed)
  const { finishedAt: at, stopLsn: lsn } = backup
  return plan({ kind: 'backup' }, backup, stretch, { at, lsn })
}

function lastRecord({ lastRecordLsn }: Stretch, backup: Backup): RecoveryEnd {
  return lastRecordLsn === undefined ? { kind: 'backup' } : recordOr(lastRecordLsn, backup)
}

/** A record that the backup has already is nothing to stop at. */
function recordOr(lsn: string, backup: Backup): RecoveryEnd {
  return lsnOf(lsn) >= lsnOf(backup.stopLsn) ? { kind: 'record', lsn } : { kind: 'backup' }
}

function plan<B extends Backup>(
  end: RecoveryEnd,
  backup: B,
  stretch: Stretch<B>,
  until: RecoveryPlan<B>['until'],
): RecoveryPlan<B> {
  return { backup, settings: endSettings(end, backup, stretch), until }
}
