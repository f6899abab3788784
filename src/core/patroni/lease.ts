/** How Patroni keeps time; the same on all members. */
export interface LeaseTiming {
  /** The primary’s lease: how long after its last sign the others may take its place. */
  readonly ttlSeconds: number
  /** Between two looks at the state of things. */
  readonly loopWaitSeconds: number
  /** How long a question to etcd or Postgres is tried. */
  readonly retryTimeoutSeconds: number
}

/**
 * 20 s is the least that Patroni 4 takes; it raises what is below it by itself. A short loop costs next to nothing, and is how
 * long a dead server goes unnoticed.
 */
export const LEASE: LeaseTiming = { ttlSeconds: 20, loopWaitSeconds: 1, retryTimeoutSeconds: 3 }

/** Patroni’s own rule: two tries and a pause must fit into a lease, or a slow answer of etcd costs the primary its place. */
export const holds = (t: LeaseTiming): boolean =>
  t.ttlSeconds >= 20 &&
  t.loopWaitSeconds >= 1 &&
  t.retryTimeoutSeconds >= 3 &&
  t.loopWaitSeconds + 2 * t.retryTimeoutSeconds <= t.ttlSeconds
