import type { Backup } from '../../contract/backup.ts'
import { AppError } from '../../errors/app-error.ts'
import { showTime } from './local-time.ts'
import { microsOf } from './postgres-time.ts'
import { windowOf } from './recovery-window.ts'
import type { Stretch } from './stretches.ts'

/** What a refusal needs to say what is allowed. */
export interface Allowed<B extends Backup = Backup> {
  /** Oldest first. */
  readonly stretches: readonly Stretch<B>[]
  readonly now: string
  /** For the times in the message. */
  readonly zone: string
}

/** A target that nothing restorable has: `what` says which and why, and the window is added. */
export function outside(what: string, allowed: Allowed, hint?: string): AppError {
  const { stretches, now, zone } = allowed
  const { earliest, latest, earliestLsn, latestLsn, gaps } = windowOf(stretches, now)
  const range =
    earliest === undefined || latest === undefined
      ? 'nothing can be restored yet'
      : `what can be restored goes from ${showTime(earliest, zone)} to ${showTime(latest, zone)}`
  const except = gaps.map(({ sentence }) => `; except where ${sentence}`).join('')
  return new AppError('TARGET_OUTSIDE_WINDOW', `${what}; ${range}${except}`, {
    details: { earliest, latest, earliestLsn, latestLsn, gaps },
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Why no stretch has this moment. */
export function outsideTime(at: string, allowed: Allowed): AppError {
  const { stretches, now, zone } = allowed
  const { earliest, latest, gaps } = windowOf(stretches, now)
  const shown = showTime(at, zone)
  const moment = microsOf(at)
  if (moment > microsOf(now)) return outside(`${shown} is in the future`, allowed)
  if (earliest !== undefined && moment < microsOf(earliest)) {
    return outside(`${shown} is before the first base backup was whole`, allowed)
  }
  const gap = gaps.find(({ to }) => to !== undefined && moment < microsOf(to)) ?? gaps.at(-1)
  if (gap && moment > microsOf(gap.from)) {
    return outside(`${shown} is lost: ${gap.sentence}`, allowed)
  }
  const newest = showTime(latest ?? now, zone)
  const hint = `What a running server commits is archived within a minute or so; until then, \`--to latest\` brings back ${newest}.`
  return outside(`${shown} is later than what is archived`, allowed, hint)
}

/** No backup can be restored at all. */
export function nothingYet(backups: readonly Backup[]): AppError {
  if (backups.length === 0) return new AppError('BACKUP_NEEDED', 'there is no base backup yet')
  const [damaged] = backups.filter(({ damage }) => damage !== undefined)
  const why = damaged
    ? `${damaged.id} is damaged: ${damaged.damage}`
    : 'the WAL that they need is not in the archive'
  const message = `none of the ${backups.length} base backups can be restored: ${why}`
  return new AppError('BACKUP_NEEDED', message, {
    details: { backups: backups.map(({ id, damage }) => ({ id, damage })) },
  })
}
