import type { WalRange } from '../../contract/backup.ts'
import { AppError } from '../../errors/app-error.ts'

/** A file that a server archives, by its name. */
export type WalFile =
  | { readonly kind: 'segment'; readonly timeline: number; readonly segment: string }
  /** The last, unfinished segment of a timeline that another one replaced. */
  | { readonly kind: 'partial'; readonly timeline: number; readonly segment: string }
  /** What a base backup leaves: where in `segment` it began. */
  | { readonly kind: 'backup'; readonly timeline: number; readonly segment: string }
  /** Where the timeline branched off. */
  | { readonly kind: 'history'; readonly timeline: number }

/** Reads a file name by the rules of Postgres's xlog_internal.h; undefined when Postgres writes no such file. */
export function parseWalFileName(name: string): WalFile | undefined {
  const [, segment = '', ending] =
    /^([0-9A-F]{24})(\.partial|\.[0-9A-F]{8}\.backup)?$/.exec(name) ?? []
  const timeline = Number.parseInt(name.slice(0, 8), 16)
  if (timeline === 0) return undefined
  if (/^[0-9A-F]{8}\.history$/.test(name)) return { kind: 'history', timeline }
  if (segment === '') return undefined
  if (ending === undefined) return { kind: 'segment', timeline, segment }
  return { kind: ending === '.partial' ? 'partial' : 'backup', timeline, segment }
}

export interface SegmentPlace {
  readonly timeline: number
  /** Of the segment's first byte. */
  readonly startLsn: bigint
}

/**
 * Where the segment of this name begins; undefined when the name is none for segments of this size. Its 24 digits are the
 * timeline, the LSN's upper half, and the segment's number within that 4 GiB.
 */
export function parseSegmentName(name: string, segmentBytes: number): SegmentPlace | undefined {
  if (!/^[0-9A-F]{24}$/.test(name)) return undefined
  const [timeline, high, number] = [0, 8, 16].map((at) => BigInt(`0x${name.slice(at, at + 8)}`))
  if (timeline === undefined || high === undefined || number === undefined) return undefined
  const low = number * BigInt(segmentBytes)
  if (timeline === 0n || low >= FOUR_GIB) return undefined
  return { timeline: Number(timeline), startLsn: (high << 32n) | low }
}

/** The place of a segment that an index of ours names. Throws INTERNAL when that is no segment name. */
export function segmentPlace(name: string, segmentBytes: number): SegmentPlace {
  const place = parseSegmentName(name, segmentBytes)
  if (place) return place
  throw new AppError('INTERNAL', `“${name}” is no WAL segment of ${segmentBytes} bytes`)
}

/** The name of the segment that has this byte. */
export function segmentName(timeline: number, lsn: bigint, segmentBytes: number): string {
  const number = (lsn & 0xffff_ffffn) / BigInt(segmentBytes)
  return [BigInt(timeline), lsn >> 32n, number].map(eightDigits).join('')
}

/** The name of the segment after this one on its timeline. */
export function nextSegment(name: string, segmentBytes: number): string {
  const { timeline, startLsn } = segmentPlace(name, segmentBytes)
  return segmentName(timeline, startLsn + BigInt(segmentBytes), segmentBytes)
}

/** Where the segment that has this byte begins. */
export const segmentStart = (lsn: bigint, segmentBytes: number): bigint =>
  lsn - (lsn % BigInt(segmentBytes))

/** The name of the file that says where a timeline branched off. */
export const historyName = (timeline: number): string => `${eightDigits(BigInt(timeline))}.history`

/** The first byte of a range and the one behind its last. */
export function boundsOf(range: WalRange, segmentBytes: number): { start: bigint; end: bigint } {
  return {
    start: segmentPlace(range.first, segmentBytes).startLsn,
    end: segmentPlace(range.last, segmentBytes).startLsn + BigInt(segmentBytes),
  }
}

const FOUR_GIB = 1n << 32n

const eightDigits = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0')
