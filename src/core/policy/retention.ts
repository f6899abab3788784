import type { Archive, Backup } from '../../contract/backup.ts'
import type { BackupPolicy } from '../../contract/backup-policy.ts'
import { describeSpan } from '../describe-span.ts'
import { lsnOf } from '../wal/lsn.ts'
import { byStart, parentsOf, restorable } from './backup-chain.ts'
import { drillEveryMs } from './drill-span.ts'

export interface RetentionInput {
  readonly backups: readonly Backup[]
  /** Asked just now; without it nothing is known to be restorable, and nothing goes. */
  readonly archive: Pick<Archive, 'ranges'> | undefined
  readonly walSegmentBytes: number
  readonly policy: BackupPolicy
  /** When a restore from the lineage was last seen to work. */
  readonly provenAt: string | undefined
  /** The window of a lineage that nobody writes ends here, and moves no more. */
  readonly closedAt?: string | undefined
  readonly nowMs: number
  /** A person said that it may go without proof. */
  readonly force?: boolean
}

export interface Retention {
  /** What no moment of the window needs; a backup that needs another comes before it. */
  readonly removeBackups: readonly Backup[]
  /** WAL before it is needed by no backup that stays; unset: all of it stays. */
  readonly keepWalFrom?: Pick<Backup, 'timeline' | 'startLsn'>
  /** What stays, for people. */
  readonly sentence: string
  /** Why nothing goes although something could. */
  readonly held?: string
}

/**
 * What of a lineage's backups may go. It keeps: what any moment of the last `keepMs` is restored from, the newest `keepBases`, those
 * that have a name, and what any of these builds on. One that is damaged or lacks its WAL is not counted on, and while
 * there is none to count on, nothing goes.
 */
export function retention(input: RetentionInput): Retention {
  const { backups, policy, nowMs, closedAt } = input
  const untilMs = Math.min(nowMs, closedAt ? Date.parse(closedAt) : Infinity)
  const { kept, fromMs } = keptOf(input, untilMs - policy.keepMs)
  const removeBackups = byStart(backups)
    .filter((b) => !kept.has(b))
    .toReversed()
  const reach =
    fromMs === undefined
      ? ', none of which can be restored'
      : `, which reach back to ${minute(fromMs)}`
  const sentence = `keeps ${count(kept.size)}${kept.size > 0 ? reach : ''}`
  const held = heldBy(input)
  if (held !== undefined) return { removeBackups: [], sentence, held }
  const keepWalFrom = oldestWalOf([...kept])
  return { removeBackups, sentence, ...(keepWalFrom ? { keepWalFrom } : {}) }
}

/** What stays, and the earliest moment that can be restored from it. */
function keptOf(
  { backups, archive, policy, walSegmentBytes }: RetentionInput,
  windowFromMs: number,
) {
  const sound = archive ? restorable(backups, archive, walSegmentBytes) : []
  const anchor = sound.findLast((b) => Date.parse(b.finishedAt) <= windowFromMs)
  if (!anchor) {
    const [oldest] = sound
    return { kept: new Set(backups), fromMs: oldest && Date.parse(oldest.finishedAt) }
  }
  const anchorMs = Date.parse(anchor.startedAt)
  const wanted = [
    ...backups.filter((b) => b.name !== undefined || Date.parse(b.startedAt) >= anchorMs),
    ...sound.slice(-policy.keepBases),
  ]
  const kept = new Set(wanted.flatMap((b) => [b, ...(parentsOf(b, backups) ?? [])]))
  return { kept, fromMs: windowFromMs }
}

function heldBy({ archive, policy, provenAt, closedAt, nowMs, force }: RetentionInput) {
  if (!archive) return 'what the archive has is not known'
  const everyMs = drillEveryMs(policy, closedAt !== undefined)
  if (force || everyMs === 0) return undefined
  if (provenAt === undefined) return 'no restore from it was seen to work yet'
  const ageMs = nowMs - Date.parse(provenAt)
  if (ageMs <= 2 * everyMs) return undefined
  const since = describeSpan(Math.floor(ageMs / HOUR_MS) * HOUR_MS)
  return `no restore from it was seen to work for ${since}`
}

/** The lowest place of all timelines, for a later timeline goes on where an earlier one ended. */
function oldestWalOf(kept: readonly Backup[]): Retention['keepWalFrom'] {
  const [first, ...others] = kept
  if (!first) return undefined
  return others.reduce<Pick<Backup, 'timeline' | 'startLsn'>>(
    (oldest, { timeline, startLsn }) => ({
      timeline: Math.min(oldest.timeline, timeline),
      startLsn: lsnOf(startLsn) < lsnOf(oldest.startLsn) ? startLsn : oldest.startLsn,
    }),
    { timeline: first.timeline, startLsn: first.startLsn },
  )
}

const HOUR_MS = 60 * 60 * 1000

const count = (bases: number): string => `${bases} base backup${bases === 1 ? '' : 's'}`

const minute = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16)}Z`
