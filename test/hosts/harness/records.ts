/**
 * What clients did and saw, one record per operation, in the order in which operations ended. Times are milliseconds of the
 * machine's monotonic clock, which every process of a lab shares (`clock.ts`).
 */
export type Outcome =
  /** The server said that it is committed. */
  | 'acked'
  /** It is certain that it was not committed. */
  | 'refused'
  /** It may have been committed: the connection was lost, or nothing was heard in time, after the commit was sent. */
  | 'unknown'

interface Operation {
  readonly client: string
  readonly endpoint: string
  readonly startMs: number
  readonly endMs: number
  readonly outcome: Outcome
  /** Why it was not acknowledged: SQLSTATE or the socket's code. */
  readonly error?: string
}

/** Which server acknowledged a write, as it said itself while it wrote. */
export interface Witness {
  readonly server: string
  readonly timeline: number
  /** A position before the commit's own record. */
  readonly lsn: string
}

/** A row with an id of its own; with `amount` also a transfer between two accounts, in one transaction. */
export interface Insert extends Operation {
  readonly kind: 'insert'
  readonly id: string
  readonly transfer?: Transfer
  readonly witness?: Witness
}

export interface Transfer {
  readonly from: number
  readonly to: number
  readonly amount: number
}

/** A register is set to a new value on condition that it has the version that was read before. */
export interface Put extends Operation {
  readonly kind: 'put'
  readonly key: number
  /** The version that it has with this value. */
  readonly version: number
  readonly value: string
  readonly witness?: Witness
}

/** All registers and the sum of all accounts, read in one statement and so in one snapshot. Only what was acknowledged has values. */
export interface Read extends Operation {
  readonly kind: 'read'
  /** Whether the endpoint leads to the primary, where a read may not be older than what was seen before. */
  readonly isFresh: boolean
  readonly sum?: number
  readonly registers?: readonly RegisterState[]
}

export interface RegisterState {
  readonly key: number
  readonly version: number
  readonly value: string
}

export type Entry = Insert | Put | Read

/** What the database holds once all is over and every client has stopped. */
export interface FinalState {
  readonly ids: readonly string[]
  readonly transfers: readonly (Transfer & { readonly id: string })[]
  /** By account, its balance. */
  readonly balances: readonly number[]
  readonly registers: readonly RegisterState[]
}

export interface History {
  readonly entries: readonly Entry[]
  readonly final: FinalState
  /** What every account held at first. */
  readonly openingBalance: number
}
