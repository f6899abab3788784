import { eachTransaction } from './each-transaction.ts'
import { formatLsn } from './lsn.ts'
import { instantOf } from './postgres-time.ts'
import type { SegmentTail } from './record-assembly.ts'
import { readEndedTransactions, type TransactionEnd } from './transaction-end.ts'

/** The end of a transaction, as the WAL has it. */
export interface FoundTransaction {
  /** The one that recovery can stop at: another than was sought when that was a savepoint of it. */
  readonly xid: string
  /** Recovery stops at one that was rolled back too. */
  readonly outcome: TransactionEnd['outcome']
  readonly at: string
  /** Of the record that ends it. */
  readonly lsn: string
}

/**
 * Looks for the end of a transaction in a segment. `xid` is what `pg_current_xact_id()` or `xmin` says; the WAL has its lower
 * 32 bits. An end that goes over into the next segment is found there, with the `tail` of this one handed in.
 */
export function findTransaction(
  bytes: Uint8Array,
  xid: string,
  previousTail?: SegmentTail,
): { found?: FoundTransaction; tail: SegmentTail | undefined } {
  const sought = Number(BigInt(xid) & 0xffff_ffffn)
  let found: FoundTransaction | undefined
  const tail = eachTransaction(bytes, previousTail, ({ outcome, atMicros }, record, major) => {
    if (found) return
    const ended = readEndedTransactions(record, major)
    if (ended.xid !== sought && !ended.children.includes(sought)) return
    const at = instantOf(atMicros)
    found = { xid: String(ended.xid), outcome, at, lsn: formatLsn(record.lsn) }
  })
  return found ? { found, tail } : { tail }
}
