import type { LeaseTiming } from './lease.ts'

/**
 * Patroni stops a primary that lost its lease, unless it is dead or stands still itself. Then somebody else must, before the
 * others may choose another primary: a watchdog device, or where there is none, this.
 */
export interface GuardSeen {
  /** The server runs and is no replica: it may be taking writes. */
  readonly isPrimary: boolean
  /** Patroni says that its loop runs, so that it guards the server itself. */
  readonly answers: boolean
  /** When it last answered, or was started: by the monotonic clock, as is the next. */
  readonly answeredAtMs: number
  /** When the lease was renewed last, as far as is known. */
  readonly renewedAtMs: number
  /** Who has the lease by etcd’s word; `unknown` also when nobody was asked. */
  readonly leader: 'this' | 'another' | 'nobody' | 'unknown'
}

/** `restart`: end Patroni and start it again, the server runs on. `fence`: end both, at once. */
export type GuardVerdict = 'fine' | 'restart' | 'fence'

/** What two looks and the ending of a server take, and an error of a second in what Patroni says of its lease. */
const MARGIN_MS = 5000

/** Pure; asked again several times a second. */
export function judgeGuard(seen: GuardSeen, lease: LeaseTiming, nowMs: number): GuardVerdict {
  if (seen.answers) return 'fine'
  const ttlMs = lease.ttlSeconds * 1000
  if (seen.isPrimary && seen.leader === 'another') return 'fence'
  if (seen.isPrimary && nowMs - seen.renewedAtMs >= ttlMs - MARGIN_MS) return 'fence'
  // What is left of the lease is for a new Patroni to take it over, which needs about two seconds.
  return nowMs - seen.answeredAtMs >= ttlMs / 2 ? 'restart' : 'fine'
}

/**
 * When the lease was renewed last, from what an answer of Patroni says. In failsafe mode it is held by the word of the other
 * members, given within the last loop. Clocks that were set meanwhile count as now, or as a whole lease ago.
 */
export function renewedAt(
  answer: { readonly etcdSeenAgoMs: number | undefined; readonly isFailsafe: boolean },
  lease: LeaseTiming,
  nowMs: number,
): number {
  if (answer.isFailsafe || answer.etcdSeenAgoMs === undefined) return nowMs
  return nowMs - Math.min(Math.max(answer.etcdSeenAgoMs, 0), lease.ttlSeconds * 1000)
}
