/**
 * Documents under keys, with revisions, compare-and-set, watches and leases. One small interface that an embedded
 * SQLite file and etcd both meet; `store.suite.ts` is what each must pass.
 */
export interface Store {
  /** The document, or undefined. */
  get(key: string): Promise<Entry | undefined>
  /** All documents whose key starts with `prefix`, in key order. */
  list(prefix: string): Promise<Entry[]>
  /**
   * Writes all or nothing and gives the new revision. Throws STORE_CONFLICT when a condition does not hold, and
   * STORE_LEASE_ENDED for a lease that is over.
   */
  write(writes: readonly Write[]): Promise<number>
  /**
   * Changes under `prefix` from this call on, in order, none left out, until `signal` aborts.
   * The watch is in place when the call returns, before the first iteration. What this process did or read of before is
   * not among them; what another one did a moment before may be. After a time in which nobody could be asked, what came
   * and went meanwhile may be left out: then the changes lead from what was seen to what is there.
   */
  watch(prefix: string, signal: AbortSignal): AsyncIterable<Change>
  /** A lease: documents written under it go when it is not renewed for `ttlMs`. */
  grantLease(ttlMs: number): Promise<string>
  /** False when the lease has run out. */
  renewLease(lease: string): Promise<boolean>
  /** Ends a lease and its documents at once. */
  revokeLease(lease: string): Promise<void>
  close(): Promise<void>
}

export interface Entry {
  readonly key: string
  readonly value: unknown
  /** Grows with every write of this key; unique in the store. */
  readonly revision: number
}

export type Write =
  | {
      readonly kind: 'put'
      readonly key: string
      readonly value: unknown
      /** Write only if the key has this revision; 0: only if it does not exist. */
      readonly ifRevision?: number
      readonly lease?: string
    }
  | { readonly kind: 'delete'; readonly key: string; readonly ifRevision?: number }

export type Change =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'delete'; readonly key: string; readonly revision: number }
