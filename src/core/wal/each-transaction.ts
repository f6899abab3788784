import type { SegmentTail } from './record-assembly.ts'
import { readTransactionEnd, type TransactionEnd } from './transaction-end.ts'
import { readSegmentHeader } from './wal-page.ts'
import type { WalRecord } from './wal-record.ts'
import { walkRecords } from './walk-records.ts'

/**
 * Shows each end of a transaction that a segment has whole, in order, as far as the segment can be read. `previousTail` and what
 * comes back are for the record that the end of a segment cuts. Checksums are not computed: the archive did that on arrival.
 */
export function eachTransaction(
  bytes: Uint8Array,
  previousTail: SegmentTail | undefined,
  show: (end: TransactionEnd, record: WalRecord, major: number) => void,
): SegmentTail | undefined {
  const header = readSegmentHeader(bytes)
  if (typeof header === 'string' || bytes.length !== header.segmentBytes) return undefined
  const { tail } = walkRecords(bytes, header, {
    crc: false,
    tail: previousTail,
    visit: (record) => {
      const end = readTransactionEnd(record)
      if (end) show(end, record, header.major)
    },
  })
  return tail
}
