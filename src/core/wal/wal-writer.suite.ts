import { crcAdd, crcEnd, CRC_START } from './crc32c.ts'
import { segmentName } from './segment-name.ts'

/** Writes WAL as Postgres 16 would, for tests of what reads it. */
export interface WalWriterOptions {
  readonly startLsn?: bigint
  readonly timeline?: number
  readonly segmentBytes?: number
  readonly systemIdentifier?: bigint
}

export const PAGE_BYTES = 8192
const MAGIC_16 = 0xd113
const EPOCH_MICROS = 946_684_800_000_000n

export class WalWriter {
  readonly segmentBytes: number
  readonly #systemIdentifier: bigint
  readonly #segments = new Map<bigint, Uint8Array>()
  timeline: number
  /** The next byte. */
  lsn: bigint
  #prior: bigint

  constructor(options: WalWriterOptions = {}) {
    this.segmentBytes = options.segmentBytes ?? 2 ** 20
    this.timeline = options.timeline ?? 1
    this.lsn = options.startLsn ?? 0x100000n
    this.#systemIdentifier = options.systemIdentifier ?? 7_700_000_000_000_000_001n
    this.#prior = this.lsn - 8n
  }

  /** Writes a record and gives its LSN. */
  record(manager: number, info: number, data: Uint8Array = new Uint8Array(), xid = 0): bigint {
    this.#openPage(0)
    const lsn = this.lsn
    const bytes = recordBytes(manager, info, data, xid, this.#prior)
    this.#prior = lsn
    this.#write(bytes)
    this.lsn = (this.lsn + 7n) & ~7n
    return lsn
  }

  commit(at: string, xid: number, rest: Uint8Array = new Uint8Array()): bigint {
    const data = new Uint8Array([...timestamp(at), ...rest])
    return this.record(1, rest.length > 0 ? 0x80 : 0, data, xid)
  }

  abort(at: string, xid: number): bigint {
    return this.record(1, 0x20, timestamp(at), xid)
  }

  restorePoint(at: string, name: string): bigint {
    const padded = new Uint8Array(64)
    padded.set(new TextEncoder().encode(name))
    return this.record(0, 0x70, new Uint8Array([...timestamp(at), ...padded]))
  }

  /** A record that is not read, of `sizeBytes` in all. */
  filler(sizeBytes: number): bigint {
    const long = sizeBytes - 24 - 2 > 255
    return this.record(10, 0, new Uint8Array(sizeBytes - 24 - (long ? 5 : 2)).fill(0x5a))
  }

  /** Fills with records of others, so that exactly `leftBytes` of the segment's last page are left for the next record. */
  fillUpTo(leftBytes: number): void {
    const size = BigInt(this.segmentBytes)
    for (;;) {
      this.#openPage(0)
      const left = Number(size - (this.lsn % size))
      if (left < PAGE_BYTES) {
        this.filler(left - leftBytes)
        return
      }
      this.filler(4000)
    }
  }

  /** Leaves the rest of the segment empty. */
  switch(): bigint {
    const lsn = this.record(0, 0x40)
    const size = BigInt(this.segmentBytes)
    this.lsn = ((this.lsn + size - 1n) / size) * size
    return lsn
  }

  /** Gives up what was written last, as a crash does, and goes on with the next page, which says so. */
  giveUp(pageLsn: bigint, prior: bigint): void {
    this.lsn = pageLsn
    this.#prior = prior
    this.#pageAt(pageLsn).fill(0, Number(pageLsn % BigInt(this.segmentBytes)))
    this.#openPage(0, 0x8)
  }

  /** The segments by name, in order. */
  segments(): Map<string, Uint8Array> {
    const sorted = [...this.#segments].sort(([a], [b]) => (a < b ? -1 : 1))
    return new Map(
      sorted.map(([start, bytes]) => [segmentName(this.timeline, start, this.segmentBytes), bytes]),
    )
  }

  #write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      this.#openPage(bytes.length - at, at > 0 ? 0x1 : 0)
      const room = PAGE_BYTES - Number(this.lsn % BigInt(PAGE_BYTES))
      const piece = bytes.subarray(at, at + room)
      this.#pageAt(this.lsn).set(piece, Number(this.lsn % BigInt(this.segmentBytes)))
      this.lsn += BigInt(piece.length)
      at += piece.length
    }
  }

  /** Writes the page's header when a page begins here. */
  #openPage(remaining: number, flags = 0): void {
    if (this.lsn % BigInt(PAGE_BYTES) !== 0n) return
    const offset = Number(this.lsn % BigInt(this.segmentBytes))
    const segment = this.#pageAt(this.lsn)
    const view = new DataView(segment.buffer)
    view.setUint16(offset, MAGIC_16, true)
    view.setUint16(offset + 2, flags | (offset === 0 ? 0x2 : 0), true)
    view.setUint32(offset + 4, this.timeline, true)
    view.setBigUint64(offset + 8, this.lsn, true)
    view.setUint32(offset + 16, flags & 0x1 ? remaining : 0, true)
    if (offset === 0) {
      view.setBigUint64(24, this.#systemIdentifier, true)
      view.setUint32(32, this.segmentBytes, true)
      view.setUint32(36, PAGE_BYTES, true)
    }
    this.lsn += offset === 0 ? 40n : 24n
  }

  #pageAt(lsn: bigint): Uint8Array {
    const start = lsn - (lsn % BigInt(this.segmentBytes))
    const known = this.#segments.get(start)
    if (known) return known
    const made = new Uint8Array(this.segmentBytes)
    this.#segments.set(start, made)
    return made
  }
}

function recordBytes(
  manager: number,
  info: number,
  data: Uint8Array,
  xid: number,
  prior: bigint,
): Uint8Array {
  const header = data.length === 0 ? [] : data.length < 256 ? [255, data.length] : [254, 0, 0, 0, 0]
  const bytes = new Uint8Array(24 + header.length + data.length)
  const view = new DataView(bytes.buffer)
  bytes.set(header, 24)
  if (data.length >= 256) view.setUint32(25, data.length, true)
  bytes.set(data, 24 + header.length)
  view.setUint32(0, bytes.length, true)
  view.setUint32(4, xid, true)
  view.setBigUint64(8, prior, true)
  view.setUint8(16, info)
  view.setUint8(17, manager)
  view.setUint32(20, crcEnd(crcAdd(crcAdd(CRC_START, bytes, 24, bytes.length), bytes, 0, 20)), true)
  return bytes
}

/** A TimestampTz. */
function timestamp(at: string): Uint8Array {
  const micros = BigInt(Date.parse(at)) * 1000n - EPOCH_MICROS
  return new Uint8Array(new BigInt64Array([micros]).buffer)
}
