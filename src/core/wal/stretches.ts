import type { Archive, Backup, ClockSetBack } from '../../contract/backup.ts'
import { formatLsn, lsnOf } from './lsn.ts'
import { laterOf, microsOf } from './postgres-time.ts'
import { type Hole, holeOf, type KnownRange } from './ranges.ts'
import { type Reach, reachAlong } from './reach.ts'
import { pathFrom, type Timelines } from './timeline-path.ts'

/** What a lineage's repository holds, as far as it is known. */
export interface Holdings<B extends Backup = Backup> {
  /** In any order. */
  readonly backups: readonly B[]
  /** Unset: never asked, so that no WAL is known. Ranges may say what is known of their ends. */
  readonly archive:
    | (Pick<Archive, 'lastCommitAt' | 'completeUntil'> & { readonly ranges: readonly KnownRange[] })
    | undefined
  /** As the server was made: the lineage's `walSegmentBytes`. */
  readonly segmentBytes: number
  /** Of the timelines that branched off; without them it is taken from where their WAL begins. */
  readonly histories?: Timelines['histories']
}

/** A run of WAL without a hole and the backups that it can be replayed on: every moment of it can be restored. */
export interface Stretch<B extends Backup = Backup> {
  /** Oldest first, at least one, none damaged. */
  readonly backups: readonly [B, ...B[]]
  /** The timeline to name to Postgres; unset: it finds the newest by itself. */
  readonly timeline?: number
  /** The newest moment. */
  readonly until: string
  /** Where the next record would begin. */
  readonly untilLsn: string
  /** What is known of its commits; without a word on the newest stretch, the archive's. */
  readonly lastCommitAt?: string | undefined
  readonly lastCommitLsn?: string | undefined
  readonly lastRecordLsn?: string | undefined
  /** Where its commit times go back. */
  readonly setBacks?: readonly ClockSetBack[]
  /** What is missing behind it, when there is newer WAL. */
  readonly hole?: Hole
}

/** What of a lineage can be restored, oldest first. */
export function stretchesOf<B extends Backup>(holdings: Holdings<B>): Stretch<B>[] {
  const timelines = { ...holdings, ranges: holdings.archive?.ranges ?? [] }
  const groups = new Map<string, { reach: BackupReach; backups: [B, ...B[]] }>()
  const sound = holdings.backups.filter((backup) => backup.damage === undefined)
  for (const backup of sound.toSorted(byEnd)) {
    const reach = reachOf(backup, timelines)
    if (!reach) continue
    const key = `${reach.timeline}/${reach.end}`
    const group = groups.get(key)
    if (group) group.backups.push(backup)
    else groups.set(key, { reach, backups: [backup] })
  }
  return [...groups.values()].map(({ reach, backups }, index, all) =>
    describe(reach, backups, index === all.length - 1, holdings),
  )
}

/** By their places and not by their times, for clocks are set back. */
function byEnd(a: Backup, b: Backup): number {
  const between = a.timeline - b.timeline || Number(lsnOf(a.stopLsn) - lsnOf(b.stopLsn))
  return between || microsOf(a.finishedAt) - microsOf(b.finishedAt)
}

interface BackupReach extends Reach {
  /** Whether Postgres finds the way by itself. */
  readonly asked: boolean
}

/** How far a backup can be rolled forward; undefined when it cannot even be made consistent. */
function reachOf(backup: Backup, timelines: Timelines): BackupReach | undefined {
  const startLsn = lsnOf(backup.startLsn)
  const { legs, asked } = pathFrom(backup.timeline, startLsn, timelines)
  const reach = reachAlong(legs, startLsn, timelines)
  // The copy of a stopped server is consistent as it is.
  const consistent = backup.cold || reach.end >= lsnOf(backup.stopLsn)
  return consistent ? { ...reach, asked } : undefined
}

/** Those that a recovery from the backup, or from a later one, may meet. */
function setBacksSince(
  { startLsn }: Backup,
  { setBacks = [] }: Partial<KnownRange>,
): Pick<Stretch, 'setBacks'> {
  const met = setBacks.filter(({ lsn }) => lsnOf(lsn) >= lsnOf(startLsn))
  return met.length === 0 ? {} : { setBacks: met }
}

function describe<B extends Backup>(
  reach: BackupReach,
  backups: [B, ...B[]],
  newest: boolean,
  { archive, segmentBytes }: Holdings<B>,
): Stretch<B> {
  const last = backups.at(-1) ?? backups[0]
  const range: Partial<KnownRange> = reach.range ?? {}
  const whole = newest && reach.resumesAt === undefined
  const lastCommitAt = whole
    ? laterOf(range.lastCommitAt, archive?.lastCommitAt)
    : range.lastCommitAt
  const seen = laterOf(lastCommitAt, whole ? archive?.completeUntil : undefined)
  const stopLsn = lsnOf(last.stopLsn)
  const end = reach.end < stopLsn ? stopLsn : reach.end
  return {
    backups,
    ...(reach.asked ? {} : { timeline: reach.timeline }),
    until: laterOf(seen, last.finishedAt) ?? last.finishedAt,
    untilLsn: reach.end < stopLsn ? last.stopLsn : (range.endLsn ?? formatLsn(end)),
    lastCommitAt,
    lastCommitLsn: range.lastCommitLsn,
    lastRecordLsn: range.lastRecordLsn,
    ...setBacksSince(backups[0], range),
    ...(reach.resumesAt === undefined
      ? {}
      : { hole: holeOf(reach.timeline, reach.end, reach.resumesAt, segmentBytes) }),
  }
}
