import { formatLsn } from './lsn.ts'

/** The header that every page of WAL begins with (XLogPageHeaderData), and the longer one of a segment's first page. */
export const PAGE_HEADER_BYTES = 24
export const LONG_HEADER_BYTES = 40

/** What `xlp_magic` is in each major that we run; it changes whenever the format does. */
const magics: ReadonlyMap<number, number> = new Map([
  [0xd101, 12],
  [0xd106, 13],
  [0xd10d, 14],
  [0xd110, 15],
  [0xd113, 16],
  [0xd116, 17],
  [0xd118, 18],
])

const CONTINUES = 0x1
const LONG_HEADER = 0x2
const OVERWRITES = 0x8
const ALL_FLAGS = 0xf

export interface PageHeader {
  readonly magic: number
  /** It has no flag that Postgres does not know. */
  readonly plausible: boolean
  /** The page begins with the rest of a record. */
  readonly continues: boolean
  /** What the page before began was given up at a crash: its rest was never written. */
  readonly overwrites: boolean
  readonly long: boolean
  readonly timeline: number
  /** The LSN of the page's first byte. */
  readonly address: bigint
  /** How much of the continued record is still to come, on this page and later ones. */
  readonly remaining: number
}

export function readPageHeader(view: DataView, at: number): PageHeader {
  const flags = view.getUint16(at + 2, true)
  return {
    magic: view.getUint16(at, true),
    plausible: (flags & ~ALL_FLAGS) === 0,
    continues: (flags & CONTINUES) !== 0,
    overwrites: (flags & OVERWRITES) !== 0,
    long: (flags & LONG_HEADER) !== 0,
    timeline: view.getUint32(at + 4, true),
    address: view.getBigUint64(at + 8, true),
    remaining: view.getUint32(at + 16, true),
  }
}

/** What the first page of a segment says of all of it. */
export interface SegmentHeader {
  readonly first: PageHeader
  /** The Postgres major that wrote it. */
  readonly major: number
  /** An unsigned number that only text holds exactly. */
  readonly systemIdentifier: string
  readonly segmentBytes: number
  readonly pageBytes: number
}

/** Reads a segment's first page header; a sentence when it is none. */
export function readSegmentHeader(bytes: Uint8Array): SegmentHeader | string {
  if (bytes.length < LONG_HEADER_BYTES) return `it has ${bytes.length} bytes only`
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = readPageHeader(view, 0)
  const major = magics.get(first.magic)
  if (major === undefined) {
    return `it begins with ${hexadecimal(first.magic)}, which no WAL of Postgres 12 to 18 does`
  }
  if (!first.long) return 'its first page is not the first of a segment'
  const segmentBytes = view.getUint32(32, true)
  const pageBytes = view.getUint32(36, true)
  if (!isPowerOfTwo(segmentBytes, 2 ** 20, 2 ** 30) || !isPowerOfTwo(pageBytes, 2 ** 10, 2 ** 16)) {
    return `it claims segments of ${segmentBytes} bytes in pages of ${pageBytes}`
  }
  if (first.address % BigInt(segmentBytes) !== 0n) {
    return `its first page claims to be at ${formatLsn(first.address)}, where no segment begins`
  }
  const systemIdentifier = String(view.getBigUint64(24, true))
  return { first, major, systemIdentifier, segmentBytes, pageBytes }
}

/** Limits of initdb's --wal-segsize and of configure's --with-wal-blocksize. */
function isPowerOfTwo(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && (value & (value - 1)) === 0
}

const hexadecimal = (value: number): string => `0x${value.toString(16).toUpperCase()}`
