import { crcAdd, crcEnd, CRC_START } from './crc32c.ts'
import { formatLsn } from './lsn.ts'
import { isZero, pageFault, type Stop } from './page-fault.ts'
import * as assembling from './record-assembly.ts'
import * as page from './wal-page.ts'
import * as record from './wal-record.ts'

export interface WalkOptions {
  /** Whether each record's CRC-32C is computed; without it only lengths, addresses and the chain of records are checked. */
  readonly crc: boolean
  /** What the segment before left cut. Without it the walk skips the rest of a record that began there. */
  readonly tail?: assembling.SegmentTail | undefined
  /** The timeline in the segment's name. Pages may be of an earlier one: where it branched off. */
  readonly timeline?: number | undefined
  /** Gets the whole records of XLOG and transactions that end in the segment, in order. */
  readonly visit: (record: record.WalRecord) => void
}

/** How far a segment could be read, and how. */
export interface Walk {
  /**
   * `filled`: to its last byte. `switched`: to the record after which the server began the next segment. `unwritten`: to where
   * nothing was written yet. `damaged`: to what `problem` says.
   */
  end: 'filled' | 'switched' | 'unwritten' | 'damaged'
  problem?: string
  /** The highest of its pages. */
  timeline: number
  /** First byte of the last whole record that ends here. */
  lastRecordLsn?: bigint
  /** Where the record after that begins, or would. */
  endLsn?: bigint
  /** First byte of the record before the first one that was read from its beginning on, as that one says. */
  followsLsn?: bigint
  /** It begins inside a record whose beginning was not handed in. */
  skipped: boolean
  tail?: assembling.SegmentTail | undefined
}

/** Goes through the records of a segment that is as long as its header says. Never throws, whatever the bytes are. */
export function walkRecords(
  bytes: Uint8Array,
  header: page.SegmentHeader,
  options: WalkOptions,
): Walk {
  return new SegmentWalk(bytes, header, options).run()
}

/** Records begin at multiples of 8. */
const aligned = (offset: number): number => (offset + 7) & -8

class SegmentWalk {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #header: page.SegmentHeader
  readonly #options: WalkOptions
  readonly #startLsn: bigint
  /** The same, exact up to 8 PiB of WAL. */
  readonly #start: number
  readonly #walk: Walk
  /** The next byte to read. */
  #at = page.LONG_HEADER_BYTES
  /** Of the last record, by the offset of its first byte here: the next one repeats its LSN. Negative: it began before. */
  #prior: number | undefined
  /** Behind it. */
  #end = 0

  constructor(bytes: Uint8Array, header: page.SegmentHeader, options: WalkOptions) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#header = header
    this.#options = options
    this.#startLsn = header.first.address
    this.#start = Number(this.#startLsn)
    this.#walk = { end: 'filled', timeline: header.first.timeline, skipped: false }
  }

  run(): Walk {
    const stop = this.#goOnFromBefore() ?? this.#records()
    const walk = this.#walk
    if (stop === 'unwritten') walk.end = 'unwritten'
    else if (stop) Object.assign(walk, { end: 'damaged', problem: stop.problem })
    if (this.#prior === undefined) return walk
    walk.lastRecordLsn = this.#lsnAt(this.#prior)
    walk.endLsn = this.#lsnAt(walk.end === 'switched' ? this.#bytes.length : this.#end)
    return walk
  }

  /** Takes the rest of the record that the segment before began. */
  #goOnFromBefore(): Stop | undefined {
    const { first } = this.#header
    const fault = this.#pageFault(0)
    if (fault) return fault
    const { tail, crc } = this.#options
    const known = tail?.continuesAt === this.#startLsn ? tail : undefined
    if (first.continues) {
      this.#walk.skipped = known === undefined
      const rest = known
        ? assembling.resume(known, crc)
        : assembling.begin(undefined, first.remaining, false)
      return this.#continued(rest, first) ?? this.#takePieces(rest)
    }
    // A crash, or the timeline that branched off there, gave the record up.
    if (!known || first.overwrites || first.timeline > known.timeline) return undefined
    return recordProblem(known.lsn, 'is not continued in the next segment')
  }

  #records(): Stop | undefined {
    const { pageBytes } = this.#header
    while (this.#at < this.#bytes.length && this.#walk.end === 'filled') {
      const stop = this.#at % pageBytes === 0 ? this.#enterPage() : undefined
      if (stop) return stop
      const length = this.#view.getUint32(this.#at, true)
      const room = pageBytes - (this.#at % pageBytes)
      if (length < record.HEADER_BYTES || length > record.MAX_BYTES) {
        if (length === 0 && isZero(this.#bytes, this.#at, this.#at + room)) return 'unwritten'
        return recordProblem(this.#lsnAt(this.#at), `has the impossible length ${length}`)
      }
      const failed =
        length <= room
          ? this.#takeWhole(length)
          : this.#takePieces(assembling.begin(this.#lsnAt(this.#at), length, this.#options.crc))
      if (failed) return failed
    }
    return undefined
  }

  /** Goes behind the header of a page on which a record begins. */
  #enterPage(): Stop | undefined {
    const fault = this.#pageFault(this.#at)
    if (fault) return fault
    if (page.readPageHeader(this.#view, this.#at).continues) {
      const place = formatLsn(this.#lsnAt(this.#at))
      return { problem: `the page at ${place} goes on with a record that nothing began` }
    }
    this.#at += page.PAGE_HEADER_BYTES
    return undefined
  }

  /** A record that lies within its page. Nearly all do, so this makes no object and no bigint. */
  #takeWhole(length: number): Stop | undefined {
    const start = this.#at
    const end = start + length
    const sum = this.#options.crc
      ? crcAdd(CRC_START, this.#bytes, start + record.HEADER_BYTES, end)
      : undefined
    const fault = this.#headerFault(this.#bytes, this.#view, start, sum)
    if (fault) return recordProblem(this.#lsnAt(start), fault)
    this.#at = this.#end = aligned(end)
    this.#prior = start
    if (record.isRead(this.#bytes[start + record.MANAGER_OFFSET])) {
      this.#read(this.#bytes.subarray(start, end), this.#lsnAt(start))
    }
    return undefined
  }

  /** A record that goes over the end of its page, maybe of the segment. */
  #takePieces(rest: assembling.Assembly): Stop | undefined {
    const { pageBytes } = this.#header
    for (;;) {
      const room = pageBytes - (this.#at % pageBytes)
      const size = Math.min(room, rest.totalBytes - rest.receivedBytes)
      assembling.addPiece(rest, this.#bytes.subarray(this.#at, this.#at + size))
      this.#at += size
      if (rest.receivedBytes === rest.totalBytes) return this.#takeAssembled(rest)
      if (this.#at === this.#bytes.length) {
        const next = this.#startLsn + BigInt(this.#at)
        this.#walk.tail = assembling.cutOff(rest, this.#walk.timeline, next)
        return undefined
      }
      const fault = this.#pageFault(this.#at)
      if (fault) return fault
      const header = page.readPageHeader(this.#view, this.#at)
      if (header.overwrites) return undefined
      const broken = this.#continued(rest, header)
      if (broken) return broken
      this.#at += page.PAGE_HEADER_BYTES
    }
  }

  /** Why a page does not go on with this record. */
  #continued(rest: assembling.Assembly, header: page.PageHeader): Stop | undefined {
    const missing = rest.totalBytes - rest.receivedBytes
    if (header.continues && header.remaining === missing) return undefined
    const place = formatLsn(header.address)
    if (rest.lsn === undefined)
      return { problem: `the page at ${place} goes on with another record` }
    const found = header.continues ? header.remaining : 0
    return recordProblem(
      rest.lsn,
      `needs ${missing} more bytes, and the page at ${place} has ${found}`,
    )
  }

  #takeAssembled(rest: assembling.Assembly): Stop | undefined {
    this.#at = aligned(this.#at)
    if (rest.lsn === undefined) return undefined
    const head = assembling.headOf(rest)
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
    const fault = this.#headerFault(head, view, 0, rest.sum)
    if (fault) return recordProblem(rest.lsn, fault)
    this.#prior = Number(rest.lsn - this.#startLsn)
    this.#end = this.#at
    if (record.isRead(head[record.MANAGER_OFFSET])) this.#read(head, rest.lsn)
    return undefined
  }

  /** What is wrong with the header at `at`; `sum` is the running CRC of what follows it, when that is wanted. */
  #headerFault(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    sum: number | undefined,
  ): string | undefined {
    const prior = view.getUint32(at + 12, true) * 2 ** 32 + view.getUint32(at + 8, true)
    if (this.#prior === undefined) this.#walk.followsLsn = BigInt(prior)
    if (this.#prior !== undefined && prior - this.#start !== this.#prior) {
      return `does not follow the record before, at ${formatLsn(this.#lsnAt(this.#prior))}`
    }
    if (sum === undefined) return undefined
    const crcAt = at + record.CRC_OFFSET
    const right = crcEnd(crcAdd(sum, bytes, at, crcAt)) === view.getUint32(crcAt, true)
    return right ? undefined : 'does not have the checksum that it was written with'
  }

  #read(bytes: Uint8Array, lsn: bigint): void {
    const read = record.readRecord(bytes, lsn)
    if (read.manager === record.XLOG && read.kind === record.SWITCH) this.#walk.end = 'switched'
    this.#options.visit(read)
  }

  #pageFault(at: number): Stop | undefined {
    const { first, segmentBytes } = this.#header
    const fault = pageFault(this.#bytes, this.#view, at, {
      magic: first.magic,
      address: this.#lsnAt(at),
      segmentBytes,
      timeline: this.#walk.timeline,
      lastTimeline: this.#options.timeline,
    })
    if (!fault) this.#walk.timeline = page.readPageHeader(this.#view, at).timeline
    return fault
  }

  #lsnAt(offset: number): bigint {
    return this.#startLsn + BigInt(offset)
  }
}

const recordProblem = (lsn: bigint, what: string): Stop => ({
  problem: `the record at ${formatLsn(lsn)} ${what}`,
})
