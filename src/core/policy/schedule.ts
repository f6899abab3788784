import type { Archive, Backup } from '../../contract/backup.ts'
import type { BackupPolicy } from '../../contract/backup-policy.ts'
import type { Drill } from '../../contract/drill.ts'
import type { Lineage } from '../../contract/lineage.ts'
import { type Attempt, lastDone, restUntil } from './attempts.ts'
import { undamaged } from './backup-chain.ts'
import { drillEveryMs } from './drill-span.ts'
import { expiryOf } from './lineage-expiry.ts'
import { slotAfter, slotsOf } from './slots.ts'

/** All that decides when a lineage is worked on next. */
export interface LineageFacts {
  readonly lineage: Pick<
    Lineage,
    'id' | 'instanceId' | 'project' | 'service' | 'engine' | 'createdAt' | 'closedAt' | 'provenAt'
  >
  readonly policy: BackupPolicy
  /** Whether a branch writes it. */
  readonly isBranch?: boolean
  /**
   * `resting`: stopped or suspended, so that only a cold copy is possible and nothing is written. `unavailable`: neither running
   * nor at rest, or in the making. `gone`: no instance writes the lineage.
   */
  readonly server: 'running' | 'resting' | 'unavailable' | 'gone'
  readonly backups: readonly Backup[]
  readonly drills: readonly Drill[]
  /** As it was last seen. */
  readonly archive: Pick<Archive, 'lastCommitAt' | 'problems'> | undefined
  /** Scheduled tries that have ended. */
  readonly attempts: Readonly<Record<Scheduled, readonly Attempt[]>>
}

export type Scheduled = 'backup' | 'drill' | 'prune'

export interface Due {
  readonly what: Scheduled
  /** Since when, or from when on; not before it is in the past. */
  readonly fromMs: number
}

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const never = Infinity

/** Many branches are gone before, and the first base of each would cost its parent processor and disk just then. */
const BRANCH_FIRST_BASE_MS = HOUR_MS

/** Holes after which only a new base makes later moments restorable. */
const holes: readonly string[] = ['lost', 'different', 'damaged', 'given-up']

/**
 * From when on each kind of work on a lineage is due: what lies in the past is due now, and is due once however long the
 * machine slept. Work that never comes is left out. A clock that goes back repeats nothing.
 */
export function schedule(facts: LineageFacts, nowMs: number): Due[] {
  const rules = { backup: backupFrom, drill: drillFrom, prune: pruneFrom } as const
  return (Object.keys(rules) as Scheduled[]).flatMap((what) => {
    const fromMs = Math.max(rules[what](facts, nowMs), restUntil(facts.attempts[what], nowMs))
    return fromMs === never ? [] : [{ what, fromMs }]
  })
}

/** What the next scheduled backup is: a full one, unless the engine takes smaller ones and a full one is young enough. */
export function backupKind(
  { lineage, policy, backups }: Pick<LineageFacts, 'lineage' | 'policy' | 'backups'>,
  nowMs: number,
): Backup['kind'] {
  if (lineage.engine === 'copy') return 'full'
  const full = undamaged(backups).findLast((b) => b.kind === 'full')
  if (!full) return 'full'
  // Half a span early, so that a weekly one stays on its day though each begins a little later.
  const ageMs = nowMs - Date.parse(full.startedAt) + policy.everyMs / 2
  return ageMs >= policy.fullEveryMs ? 'full' : 'differential'
}

/** The newest base that can be counted on. */
export function lastGood(
  { policy, backups }: Pick<LineageFacts, 'policy' | 'backups'>,
  nowMs: number,
): Backup | undefined {
  return undamaged(believable(backups, nowMs, policy.everyMs)).at(-1)
}

/** Whether a base now would hold what the last one holds: the server rests, and nothing was committed since. */
export function isUnchanged(facts: LineageFacts, nowMs: number): boolean {
  const { server, archive } = facts
  const last = lastGood(facts, nowMs)
  if (server !== 'resting' || !last || !archive) return false
  const { lastCommitAt } = archive
  return lastCommitAt === undefined || Date.parse(lastCommitAt) <= Date.parse(last.finishedAt)
}

function backupFrom(facts: LineageFacts, nowMs: number): number {
  const { lineage, policy, server, backups, archive } = facts
  if (server === 'gone' || server === 'unavailable') return never
  const last = lastGood(facts, nowMs)
  const spoiltMs = mendSpoilt(believable(backups, nowMs, policy.everyMs), last)
  if (!last) {
    const firstMs = Date.parse(lineage.createdAt) + (facts.isBranch ? BRANCH_FIRST_BASE_MS : 0)
    return Math.max(firstMs, ...spoiltMs)
  }
  if (isUnchanged(facts, nowMs)) return never
  const { everyMs, at } = policy
  const lastMs = Date.parse(last.startedAt)
  const newer = (moment: string): boolean => Date.parse(moment) > lastMs
  const holesMs = (archive?.problems ?? [])
    .filter((p) => holes.includes(p.kind) && newer(p.since))
    .map((p) => Math.max(Date.parse(p.since), lastMs + HOUR_MS))
  const slotMs = nextSlot(everyMs, at, lineage.instanceId, lastMs)
  // The newest of them: what goes wrong again gets a base in an hour, and no more.
  const mendMs = [...holesMs, ...spoiltMs].reduce((a, b) => Math.max(a, b), -never)
  return mendMs === -never ? slotMs : Math.min(slotMs, mendMs)
}

/** When a base takes the place of damaged ones that are newer than the last good one: at once, but a disk that spoils each gets one in an hour. */
function mendSpoilt(backups: readonly Backup[], last: Backup | undefined): number[] {
  const lastMs = last ? Date.parse(last.startedAt) : -Infinity
  const spoilt = backups
    .filter((b) => b.damage !== undefined && Date.parse(b.startedAt) > lastMs)
    .map((b) => Date.parse(b.startedAt))
  const newestMs = spoilt.at(-1)
  if (newestMs === undefined) return []
  return [spoilt.length === 1 ? newestMs : newestMs + HOUR_MS]
}

function drillFrom({ lineage, policy, server, backups, drills }: LineageFacts, nowMs: number) {
  const everyMs = drillEveryMs(policy, lineage.closedAt !== undefined)
  if (everyMs === 0 || server === 'unavailable') return never
  if (server === 'gone' && lineage.closedAt === undefined) return never
  const base = lastGood({ policy, backups }, nowMs)
  if (!base) return never
  const baseMs = Date.parse(base.finishedAt)
  const last = believable(drills, nowMs, everyMs).at(-1)
  if (!last) return baseMs
  const lastMs = Date.parse(last.startedAt)
  const slotMs = nextSlot(everyMs, undefined, `${lineage.instanceId} drill`, lastMs)
  if (last.outcome === 'passed' || baseMs <= lastMs) return slotMs
  // A new base may have mended what made it fail.
  return Math.min(slotMs, Math.max(baseMs, lastMs + HOUR_MS))
}

function pruneFrom({ lineage, policy, server, backups, attempts }: LineageFacts, nowMs: number) {
  if (lineage.closedAt !== undefined) return expiryOf(lineage, policy, backups) ?? never
  if (server === 'gone' || backups.length === 0) return never
  const ends = backups.map((b) => Date.parse(b.finishedAt))
  const newestMs = Math.max(...ends)
  const lastMs = lastDone(attempts.prune, nowMs)?.startedAtMs
  const nextMs = lastMs === undefined || newestMs > lastMs ? newestMs : lastMs + DAY_MS
  // While all of it is of the window there is nothing to remove.
  return Math.max(nextMs, Math.min(...ends) + policy.keepMs)
}

/** The slot after what was done last. What was done a quarter of a span before a slot stands for it. */
function nextSlot(everyMs: number, at: string | undefined, id: string, lastMs: number): number {
  return slotAfter(slotsOf(everyMs, at, id), lastMs + everyMs / 4)
}

/** By their beginning, without those of a clock that was ahead: they would stop all work until it is that late again. */
function believable<T extends { readonly startedAt: string }>(
  all: readonly T[],
  nowMs: number,
  everyMs: number,
): T[] {
  return all
    .filter((one) => Date.parse(one.startedAt) <= nowMs + everyMs)
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
}
