import { formatLsn } from './lsn.ts'
import { instantOf, microsOfTimestamp } from './postgres-time.ts'
import { type WalRecord, XLOG } from './wal-record.ts'

/** A place in the WAL that `pg_create_restore_point` named. */
export interface RestorePoint {
  readonly name: string
  readonly at: string
  /** Of its record. */
  readonly lsn: string
}

/** The kind of its record (pg_control.h): the time, then the name in 64 bytes that zeros fill up. */
const RESTORE_POINT = 0x70

/** The restore point that a record makes; undefined when it makes none. */
export function readRestorePoint({
  manager,
  kind,
  lsn,
  data,
}: WalRecord): RestorePoint | undefined {
  if (manager !== XLOG || kind !== RESTORE_POINT || data.byteLength < 9) return undefined
  const atMicros = microsOfTimestamp(data.getBigInt64(0, true))
  if (atMicros === undefined) return undefined
  const padded = new Uint8Array(data.buffer, data.byteOffset + 8, data.byteLength - 8)
  const end = padded.indexOf(0)
  const name = new TextDecoder().decode(end < 0 ? padded : padded.subarray(0, end))
  return { name, at: instantOf(atMicros), lsn: formatLsn(lsn) }
}
