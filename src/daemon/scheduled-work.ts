import type { OperationDocument } from '../contract/documents/operation.ts'
import { restUntil } from '../core/policy/attempts.ts'
import { type ClockMemory, expiryTime } from '../core/policy/expiry-clock.ts'
import { overdue } from '../core/policy/overdue.ts'
import { backupKind, type LineageFacts, schedule } from '../core/policy/schedule.ts'
import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from '../operations/dependencies.ts'
import { enqueue } from '../operations/enqueue.ts'
import type { Procedure } from '../operations/procedure.ts'
import { tellHeld } from './held-expiry.ts'
import { attemptsOf, type HomeFacts, homeFacts, inputOf, kindOf } from './schedule-facts.ts'

export type ScheduleDependencies = Pick<
  Dependencies,
  'store' | 'documents' | 'driver' | 'event' | 'host'
>

export interface Round {
  readonly nowMs: number
  /** What is removed for its age is judged by it, and not by `nowMs`. */
  readonly clock: ClockMemory
  /** Since when the machine runs without a sleep. */
  readonly awakeSinceMs: number
  /** What people were told to be overdue; the round adds to it. */
  readonly told: Set<string>
}

/** An operation that a schedule wants. */
export interface Wanted {
  readonly kind: string
  readonly input: object
  readonly fromMs: number
  /** Reads and writes whole databases: only one such at a time. */
  readonly isHeavy: boolean
  /** What it removes for its age, in words; unset: nothing. */
  readonly removes?: string
}

/**
 * Enqueues what is due now and tells what is overdue. Gives the next moment at which something becomes due, in ms since 1970, Infinity when
 * nothing will. What another operation is in the way of waits for its end. Throws the first failure, after all was tried.
 */
export async function enqueueDue(
  d: ScheduleDependencies,
  procedures: readonly Procedure[],
  { nowMs, clock, awakeSinceMs, told }: Round,
): Promise<number> {
  const home = await homeFacts(d)
  for (const facts of home.lineages) await tellOverdue(d, facts, nowMs, awakeSinceMs, told)
  const wanted = [
    ...home.lineages.flatMap((facts) => wantedFor(facts, nowMs)),
    ...expiredBranches(home, nowMs),
  ]
  const past = wanted.filter((w) => w.fromMs <= nowMs)
  const isHeld = ({ removes, fromMs }: Wanted): boolean =>
    removes !== undefined && fromMs > expiryTime(clock)
  await tellHeld(d, clock, past.filter(isHeld), told)
  const due = past.filter((w) => !isHeld(w)).toSorted(byUrgency)
  let isBusy = home.operations.some(isLiveHeavy)
  const failures: unknown[] = []
  for (const work of due) {
    if (work.isHeavy && isBusy) continue
    try {
      const begun = await begin(d, procedures, work)
      isBusy ||= begun && work.isHeavy
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return Math.min(Infinity, ...wanted.map((w) => w.fromMs).filter((fromMs) => fromMs > nowMs))
}

function wantedFor(facts: LineageFacts, nowMs: number): Wanted[] {
  const { id, project, service } = facts.lineage
  return schedule(facts, nowMs).map(({ what, fromMs }) => ({
    kind: kindOf[what],
    input: {
      lineage: id,
      ...(what === 'backup' ? { kind: backupKind(facts, nowMs) } : {}),
      of: `${project}/${service}`,
      scheduled: true,
    },
    fromMs,
    isHeavy: what !== 'prune',
    ...(what === 'prune' ? { removes: removedOf(facts) } : {}),
  }))
}

/** What a clean-up of a lineage removes, and how a person says that it may go. */
function removedOf({ lineage: { id, project, service, closedAt } }: LineageFacts): string {
  const of = `${project}/${service}`
  return closedAt === undefined
    ? `old backups of ${of}`
    : `the backup history of ${of}, which was removed (\`howdah lineage rm ${id}\`)`
}

function expiredBranches({ instances, operations }: HomeFacts, nowMs: number): Wanted[] {
  return instances.flatMap(({ project, service, phase, branch }) => {
    if (phase !== 'live' || branch?.expiresAt === undefined) return []
    const tries = attemptsOf(operations, (o) => {
      return o.kind === kindOf.branch && o.subjects.includes(`${project}/${service}`)
    })
    const fromMs = Math.max(Date.parse(branch.expiresAt), restUntil(tries, nowMs))
    const input = { project, service, expired: true, scheduled: true }
    const removes = `the branch “${service}” (\`howdah -p ${project} branch rm ${service}\`)`
    return [{ kind: kindOf.branch, input, fromMs, isHeavy: false, removes }]
  })
}

const isLiveHeavy = (o: OperationDocument): boolean =>
  o.finishedAt === undefined &&
  inputOf(o).scheduled === true &&
  (o.kind === kindOf.backup || o.kind === kindOf.drill)

/** Base backups before all else, because nothing can be restored without; then what waits for longest. */
function byUrgency(a: Wanted, b: Wanted): number {
  const rank = ({ kind }: Wanted): number => (kind === kindOf.backup ? 0 : 1)
  return rank(a) - rank(b) || a.fromMs - b.fromMs
}

/** Whether it was begun; not when another operation holds what it needs. */
async function begin(
  d: ScheduleDependencies,
  procedures: readonly Procedure[],
  { kind, input }: Wanted,
): Promise<boolean> {
  const procedure = procedures.find((p) => p.kind === kind)
  if (!procedure) throw new AppError('INTERNAL', `no procedure does the scheduled work “${kind}”`)
  try {
    await enqueue(d, procedure, input)
    return true
  } catch (error) {
    if (AppError.from(error).code !== 'OPERATION_CONFLICT') throw error
    return false
  }
}

/** Once for as long as it stays undone, also over restarts of the daemon. */
async function tellOverdue(
  { documents, event }: ScheduleDependencies,
  facts: LineageFacts,
  nowMs: number,
  awakeSinceMs: number,
  told: Set<string>,
): Promise<void> {
  const subject = `${facts.lineage.project}/${facts.lineage.service}`
  for (const { kind, sinceMs, message } of overdue(facts, nowMs, awakeSinceMs)) {
    const key = `${kind} ${facts.lineage.id} ${sinceMs}`
    if (told.has(key)) continue
    const events = (await documents.events.list()).map((e) => e.value)
    const isTold = events.some((e) => {
      return e.kind === kind && e.subject === subject && Date.parse(e.at) >= sinceMs
    })
    if (!isTold) await event({ severity: 'error', kind, subject, message })
    told.add(key)
  }
}
