/** An address that clients use, and what they may do there. */
export interface Endpoint {
  readonly name: string
  /**
   * The same service on several hosts, in the order in which clients try them: as libpq does with a multi-host URL. Each
   * client begins with another one, as with load_balance_hosts.
   */
  readonly urls: readonly [string, ...string[]]
  /** Whether it leads to the primary. Otherwise nobody writes there, and what is read may be old. */
  readonly isPrimary: boolean
}

/** What a run of the clients is told, as JSON in its only argument. */
export interface Load {
  readonly endpoints: readonly Endpoint[]
  /** At each endpoint of the primary. */
  readonly writers: number
  /** At each endpoint. */
  readonly readers: number
  /** From the beginning of a client's operation to that of its next, when the first ends sooner. */
  readonly paceMs: number
  /** The file for what they see. */
  readonly ledger: string
}

/** What clients say of themselves while they run, a line of JSON each. */
export interface Report {
  readonly nowMs: number
  /** By endpoint of the primary, when the last write that was acknowledged began. */
  readonly lastWriteMs: Readonly<Record<string, number>>
  /** Writes that were acknowledged so far. */
  readonly acked: number
}
