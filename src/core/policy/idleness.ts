/** What a running server shows of its use. */
export interface Use {
  /** Its postmaster: another one counts anew. */
  readonly pid: number
  /** Something works with it now: a client, a standby, a subscription, a backup. */
  readonly inUse: boolean
  /** Sessions of others that it ever had; undefined before Postgres 14, which does not count them. */
  readonly visits: number | undefined
}

export interface Idleness {
  readonly pid: number
  /** Nobody used it since, on the clock that `nowMs` is of. */
  readonly sinceMs: number
  readonly visits: number
}

/** Since when a server is idle, after another look. A visit between two looks shows by the count of sessions. */
export function idleness(before: Idleness | undefined, use: Use, nowMs: number): Idleness {
  // A count may lag behind for a moment, and only a higher one than ever tells of a visit.
  const same = before?.pid === use.pid ? before : undefined
  const visits = Math.max(same?.visits ?? 0, use.visits ?? 0)
  const isIdle = same && !use.inUse && visits === same.visits
  return { pid: use.pid, sinceMs: isIdle ? same.sinceMs : nowMs, visits }
}
