import { microsOfTimestamp } from './postgres-time.ts'
import { TRANSACTION, type WalRecord } from './wal-record.ts'

/** How and when a transaction ended. */
export interface TransactionEnd {
  readonly outcome: 'committed' | 'aborted'
  /** Microseconds since 1970, by the server's clock. */
  readonly atMicros: number
}

/** The kinds of a transaction's record (xact.h): one bit more says whether flags follow the time. */
const COMMIT = 0x00
const ABORT = 0x20
const COMMIT_PREPARED = 0x30
const ABORT_PREPARED = 0x40
const KIND_MASK = 0x70
const HAS_FLAGS = 0x80

/** The end that a record tells of; undefined when it tells of none. */
export function readTransactionEnd({ manager, kind, data }: WalRecord): TransactionEnd | undefined {
  if (manager !== TRANSACTION || data.byteLength < 8) return undefined
  const outcome = outcomes.get(kind & KIND_MASK)
  const atMicros = microsOfTimestamp(data.getBigInt64(0, true))
  return outcome && atMicros !== undefined ? { outcome, atMicros } : undefined
}

const outcomes: ReadonlyMap<number, TransactionEnd['outcome']> = new Map([
  [COMMIT, 'committed'],
  [COMMIT_PREPARED, 'committed'],
  [ABORT, 'aborted'],
  [ABORT_PREPARED, 'aborted'],
])

export interface EndedTransactions {
  /** The transaction itself; for a prepared one, not the one that said COMMIT PREPARED. */
  readonly xid: number
  /** Its subtransactions, such as savepoints. */
  readonly children: readonly number[]
}

/** Bits of the flags, in the order in which what they announce follows. */
const HAS_DATABASE = 1 << 0
const HAS_CHILDREN = 1 << 1
const HAS_RELATIONS = 1 << 2
const HAS_STATISTICS = 1 << 8
const HAS_INVALIDATIONS = 1 << 3
const HAS_PREPARED_XID = 1 << 4

/** Which transactions a record of an end ends, in the layout of that Postgres major. */
export function readEndedTransactions(record: WalRecord, major: number): EndedTransactions {
  const { data, kind } = record
  const alone = { xid: record.xid, children: [] }
  if ((kind & HAS_FLAGS) === 0 || data.byteLength < 12) return alone
  const flags = data.getUint32(8, true)
  let at = 12
  const skipItems = (flag: number, itemBytes: number): void => {
    if ((flags & flag) === 0 || at + 4 > data.byteLength) return
    at += 4 + data.getUint32(at, true) * itemBytes
  }
  if (flags & HAS_DATABASE) at += 8
  const children = flags & HAS_CHILDREN ? readXids(data, at) : []
  skipItems(HAS_CHILDREN, 4)
  skipItems(HAS_RELATIONS, 12)
  // The object's number in the statistics grew to 64 bits in 18.
  skipItems(HAS_STATISTICS, major >= 18 ? 16 : 12)
  skipItems(HAS_INVALIDATIONS, 16)
  const prepared = (flags & HAS_PREPARED_XID) !== 0 && at + 4 <= data.byteLength
  return { xid: prepared ? data.getUint32(at, true) : record.xid, children }
}

/** A count and that many numbers; fewer when the data ends before. */
function readXids(data: DataView, at: number): number[] {
  if (at + 4 > data.byteLength) return []
  const room = (data.byteLength - at - 4) >> 2
  const count = Math.min(data.getUint32(at, true), room)
  return Array.from({ length: count }, (_, index) => data.getUint32(at + 4 + index * 4, true))
}
