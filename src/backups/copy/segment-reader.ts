import { eachTransaction } from '../../core/wal/each-transaction.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import { historyName, nextSegment, segmentName, segmentPlace } from '../../core/wal/segment-name.ts'
import { parseTimelineHistory } from '../../core/wal/timeline-history.ts'
import { readEndedTransactions } from '../../core/wal/transaction-end.ts'
import { readText } from '../../system/files.ts'
import { type LineageFolder, placeInWal } from './lineage-folder.ts'
import { unpackIfWhole } from './packed-wal.ts'
import type { IndexLine } from './wal-index.ts'

/** The folders of what is not taken in. */
export type AsideFolder = 'different' | 'forked' | 'damaged'

/** What is wrong with a file that arrived, and in which of the folders it belongs. */
export class Unfit extends Error {
  readonly where: AsideFolder
  constructor(where: AsideFolder, sentence: string) {
    super(sentence)
    this.where = where
  }
}

export type ReadSegmentFacts = Pick<IndexLine, 'facts' | 'xids'> & {
  /** Where the record begins that its first one follows, when that is known. */
  readonly followsLsn?: string
}

export interface SegmentReader {
  /** What is in a segment. Throws Unfit when it is not whole, unless it may be `unfinished`, or of another server. */
  read(name: string, content: Buffer, unfinished?: boolean): Promise<ReadSegmentFacts>
}

/** Reads segments, mostly in their order: a record that goes from one to the next belongs to both. */
export function createSegmentReader({
  folder,
  segmentBytes,
  systemIdentifier,
}: {
  readonly folder: LineageFolder
  readonly segmentBytes: number
  readonly systemIdentifier: string | undefined
}): SegmentReader {
  let last: { readonly name: string; readonly tail: SegmentTail | undefined } | undefined

  /** What the segment before left open: that of its own timeline, or of the one that it branched off. */
  async function tailBefore(name: string): Promise<SegmentTail | undefined> {
    const { timeline, startLsn } = segmentPlace(name, segmentBytes)
    if (startLsn === 0n) return undefined
    for (const from of [timeline, await parentOf(folder, timeline)]) {
      const before = from && segmentName(from, startLsn - 1n, segmentBytes)
      if (!before) continue
      const content = await unpackIfWhole(placeInWal(folder, before).path)
      if (content) return readSegment(content, { crc: true, name: before }).tail
    }
    return undefined
  }

  return {
    async read(name, content, unfinished = false) {
      const options = { crc: true, name }
      const before = last
      const isNext = before !== undefined && nextSegment(before.name, segmentBytes) === name
      let read = readSegment(content, {
        ...options,
        previousTail: isNext ? before.tail : undefined,
      })
      // Most segments begin inside a record; without its beginning a commit there would not be seen.
      const previousTail = read.facts?.skippedFirst ? await tailBefore(name) : undefined
      if (previousTail) read = readSegment(content, { ...options, previousTail })
      const { facts, problem, tail, followsLsn } = read
      const server = systemIdentifier ?? facts?.systemIdentifier
      if (facts && facts.systemIdentifier !== server) {
        const sentence = `${name} is of the server ${facts.systemIdentifier}, not ${server}`
        throw new Unfit('different', sentence)
      }
      if (!facts || problem !== undefined) {
        throw new Unfit('damaged', problem ?? `${name} is no WAL`)
      }
      if (!facts.complete && !unfinished) {
        throw new Unfit('damaged', `${name} has nothing after ${facts.endLsn ?? facts.startLsn}`)
      }
      last = { name, tail }
      const xids = xidsOf(content, previousTail ?? (isNext ? before?.tail : undefined))
      const follows = facts.skippedFirst || followsLsn === undefined ? {} : { followsLsn }
      return { facts, ...follows, ...(xids ? { xids } : {}) }
    },
  }
}

/** The numbers between which the transactions lie that end in a segment; undefined when none does. */
function xidsOf(content: Buffer, previousTail: SegmentTail | undefined): IndexLine['xids'] {
  let xids: IndexLine['xids']
  eachTransaction(content, previousTail, (_, record, major) => {
    const { xid, children } = readEndedTransactions(record, major)
    for (const one of [xid, ...children]) {
      xids = { least: Math.min(xids?.least ?? one, one), most: Math.max(xids?.most ?? one, one) }
    }
  })
  return xids
}

/** The timeline that this one branched off, by its history. */
async function parentOf(folder: LineageFolder, timeline: number): Promise<number | undefined> {
  const text = await readText(placeInWal(folder, historyName(timeline)).path)
  return text === undefined ? undefined : parseTimelineHistory(text)?.at(-1)?.timeline
}
