import { eachTransaction } from '../../core/wal/each-transaction.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import { nextSegment } from '../../core/wal/segment-name.ts'
import { readEndedTransactions } from '../../core/wal/transaction-end.ts'
import { onThread } from '../../system/thread.ts'
import type { IndexLine } from '../copy/wal-index.ts'
import { type SegmentFile, unpackSegment } from './packed-segment.ts'

export type ReadWal = Pick<IndexLine, 'facts' | 'xids'> & { readonly segment: string }

/**
 * Reads what is in WAL files, in their order; of one that is not there, or not as it was archived, nothing comes back. A commit whose
 * record begins in a file that was not handed in is not seen in the next one.
 */
export const readWal = onThread(
  import.meta.url,
  async (input: {
    readonly files: readonly SegmentFile[]
    readonly segmentBytes: number
  }): Promise<ReadWal[]> => {
    const found: ReadWal[] = []
    let last: { readonly name: string; readonly tail: SegmentTail | undefined } | undefined
    for (const file of input.files) {
      const { name } = file
      const bytes = await unpackSegment(file)
      if (!bytes) continue
      const isNext = last !== undefined && nextSegment(last.name, input.segmentBytes) === name
      const previousTail = isNext ? last?.tail : undefined
      const { facts, tail } = readSegment(bytes, { crc: false, name, previousTail })
      if (!facts) continue
      const xids = xidsOf(bytes, previousTail)
      found.push({ segment: name, facts, ...(xids ? { xids } : {}) })
      last = { name, tail }
    }
    return found
  },
)

/** The numbers between which the transactions lie that end in a segment; undefined when none does. */
function xidsOf(bytes: Buffer, previousTail: SegmentTail | undefined): IndexLine['xids'] {
  let xids: IndexLine['xids']
  eachTransaction(bytes, previousTail, (_, record, major) => {
    const { xid, children } = readEndedTransactions(record, major)
    for (const one of [xid, ...children]) {
      xids = { least: Math.min(xids?.least ?? one, one), most: Math.max(xids?.most ?? one, one) }
    }
  })
  return xids
}
