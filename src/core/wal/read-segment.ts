import { formatLsn } from './lsn.ts'
import type { SegmentTail } from './record-assembly.ts'
import { type ContentFacts, SegmentContents } from './segment-contents.ts'
import { parseSegmentName } from './segment-name.ts'
import { readSegmentHeader, type SegmentHeader } from './wal-page.ts'
import { type Walk, walkRecords } from './walk-records.ts'

/** What is in one WAL segment. Only whole records count, and each counts in the segment where it ends. Plain data, fit for JSON. */
export interface SegmentFacts extends ContentFacts {
  /** The highest of its pages; where a timeline branches off, the segment's name may say a higher one. */
  readonly timeline: number
  readonly systemIdentifier: string
  readonly segmentBytes: number
  /** The Postgres major that wrote it. */
  readonly major: number
  readonly startLsn: string
  /** Where the record after the last whole one begins; after a switch, the next segment. Unset: no record ends here. */
  readonly endLsn?: string
  readonly lastRecordLsn?: string
  /** All of it was read: to its end, or to the switch. */
  readonly complete: boolean
  /** It begins inside a record whose beginning was not handed in; a commit there is not counted. */
  readonly skippedFirst: boolean
}

export interface ReadOptions {
  /** Whether the checksum of every record is computed. */
  readonly crc: boolean
  /** The file's name; its place and timeline must be right then. */
  readonly name?: string
  /** The server's; another one's WAL is a problem. */
  readonly systemIdentifier?: string
  /** `tail` of the segment before, so that the record which its end cuts is seen too. */
  readonly previousTail?: SegmentTail | undefined
}

export interface ReadSegment {
  /** Unset when it is not the segment that was asked for, or no WAL at all. */
  readonly facts?: SegmentFacts
  /**
   * What is damaged or not as expected, a sentence with its LSN. A segment that is not complete and has no problem is one that
   * the server has written so far.
   */
  readonly problem?: string
  /** For the reading of the next segment, when a record goes on there. */
  readonly tail?: SegmentTail
  /** What `lastRecordLsn` of the segment before is when this one goes on from there; unless `skippedFirst`. */
  readonly followsLsn?: string
}

/** Reads a WAL segment of Postgres 12 to 18. Never throws, whatever the bytes are. */
export function readSegment(bytes: Uint8Array, options: ReadOptions): ReadSegment {
  const header = readSegmentHeader(bytes)
  if (typeof header === 'string') return { problem: `no WAL segment: ${header}` }
  const mismatch = mismatchOf(bytes, header, options)
  if (mismatch !== undefined) return { problem: mismatch }
  const timeline = parseSegmentName(options.name ?? '', header.segmentBytes)?.timeline
  const contents = new SegmentContents()
  const { crc, previousTail: tail } = options
  const walk = walkRecords(bytes, header, { crc, tail, timeline, visit: (r) => contents.add(r) })
  return {
    facts: { ...factsOf(header, walk), ...contents.facts() },
    ...(walk.problem === undefined ? {} : { problem: walk.problem }),
    ...(walk.tail ? { tail: walk.tail } : {}),
    ...(walk.followsLsn === undefined ? {} : { followsLsn: formatLsn(walk.followsLsn) }),
  }
}

function factsOf(header: SegmentHeader, walk: Walk): Omit<SegmentFacts, keyof ContentFacts> {
  const { systemIdentifier, segmentBytes, major, first } = header
  const { timeline, endLsn, lastRecordLsn, skipped, end } = walk
  return {
    timeline,
    systemIdentifier,
    segmentBytes,
    major,
    startLsn: formatLsn(first.address),
    ...(endLsn === undefined ? {} : { endLsn: formatLsn(endLsn) }),
    ...(lastRecordLsn === undefined ? {} : { lastRecordLsn: formatLsn(lastRecordLsn) }),
    complete: end === 'filled' || end === 'switched',
    skippedFirst: skipped,
  }
}

/** How the segment differs from the one that was asked for. */
function mismatchOf(
  bytes: Uint8Array,
  { first, segmentBytes, systemIdentifier }: SegmentHeader,
  options: ReadOptions,
): string | undefined {
  const at = formatLsn(first.address)
  if (bytes.length !== segmentBytes) {
    return `the segment at ${at} has ${bytes.length} bytes, not ${segmentBytes}`
  }
  if (options.systemIdentifier !== undefined && options.systemIdentifier !== systemIdentifier) {
    return `the segment at ${at} is of the server ${systemIdentifier}, not ${options.systemIdentifier}`
  }
  if (options.name === undefined) return undefined
  const named = parseSegmentName(options.name, segmentBytes)
  if (named?.startLsn === first.address) return undefined
  return `the segment at ${at} cannot be ${options.name}`
}
