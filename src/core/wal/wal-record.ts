/** Size of the header of a record (XLogRecord): its sum is of what follows the header, then of the header up to the sum. */
export const HEADER_BYTES = 24
export const MANAGER_OFFSET = 17
export const CRC_OFFSET = 20
/** No record is larger; Postgres itself stops at 1020 MiB (XLogRecordMaxSize). */
export const MAX_BYTES = 2 ** 30

/** The resource managers whose records say something about time and place; the numbers are those of rmgrlist.h. */
export const XLOG = 0
export const TRANSACTION = 1

/** A whole record of one of those two. */
export interface WalRecord {
  /** Of its first byte. */
  readonly lsn: bigint
  readonly manager: typeof XLOG | typeof TRANSACTION
  /** What it is: the upper four bits of `xl_info`, whose meaning the manager knows. */
  readonly kind: number
  /** Zero when no transaction wrote it. */
  readonly xid: number
  /** The record's own data, which follows the headers; empty when it has none. */
  readonly data: DataView
}

/** The kind of the record of XLOG behind which the rest of its segment is empty (pg_control.h). */
export const SWITCH = 0x40

/** Whether records of this manager are read. */
export const isRead = (manager: number | undefined): boolean =>
  manager === XLOG || manager === TRANSACTION

/** Reads the record that fills `bytes`, of a manager that is read. */
export function readRecord(bytes: Uint8Array, lsn: bigint): WalRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const manager = view.getUint8(MANAGER_OFFSET) === XLOG ? XLOG : TRANSACTION
  const kind = view.getUint8(16) & 0xf0
  return { lsn, manager, kind, xid: view.getUint32(4, true), data: mainData(view) }
}

/** `block_id` in front of a part of a record (xlogrecord.h); smaller numbers are blocks of relations. */
const SHORT_DATA = 255
const LONG_DATA = 254
const ORIGIN = 253
const TOP_TRANSACTION = 252

/** The main data stands at the end, and its length in the last of the headers. Records of blocks have none that we read. */
function mainData(view: DataView): DataView {
  let at = HEADER_BYTES
  while (at + 2 <= view.byteLength) {
    switch (view.getUint8(at)) {
      case SHORT_DATA:
        return lastBytes(view, view.getUint8(at + 1))
      case LONG_DATA:
        return lastBytes(view, at + 5 <= view.byteLength ? view.getUint32(at + 1, true) : 0)
      case ORIGIN:
        at += 3
        break
      case TOP_TRANSACTION:
        at += 5
        break
      default:
        return lastBytes(view, 0)
    }
  }
  return lastBytes(view, 0)
}

function lastBytes(view: DataView, sizeBytes: number): DataView {
  const size = sizeBytes <= view.byteLength - HEADER_BYTES ? sizeBytes : 0
  return new DataView(view.buffer, view.byteOffset + view.byteLength - size, size)
}
