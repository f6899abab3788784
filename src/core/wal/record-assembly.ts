import { crcAdd, CRC_START } from './crc32c.ts'
import { HEADER_BYTES, isRead, MANAGER_OFFSET } from './wal-record.ts'

/** A record whose pieces are being read, page after page. */
export interface Assembly {
  /** Of its first byte; undefined: it began in a segment that nobody handed in, so it is skipped. */
  readonly lsn: bigint | undefined
  readonly totalBytes: number
  receivedBytes: number
  /** Running CRC-32C of what follows the header; undefined: not wanted. */
  sum: number | undefined
  /** The header, and all of the record when it is of a manager that is read. */
  pieces: Uint8Array[]
}

/**
 * A record that the end of a segment cuts: the reader of the next segment needs it to see the record whole. Opaque to
 * callers; it holds copies, never the segment.
 */
export interface SegmentTail {
  readonly lsn: bigint
  /** Where the next segment begins. */
  readonly continuesAt: bigint
  readonly timeline: number
  readonly totalBytes: number
  readonly receivedBytes: number
  readonly sum: number | undefined
  readonly head: Uint8Array
}

export function begin(lsn: bigint | undefined, totalBytes: number, crc: boolean): Assembly {
  return { lsn, totalBytes, receivedBytes: 0, sum: crc ? CRC_START : undefined, pieces: [] }
}

export function resume(tail: SegmentTail, crc: boolean): Assembly {
  const { lsn, totalBytes, receivedBytes, sum, head } = tail
  return { lsn, totalBytes, receivedBytes, sum: crc ? sum : undefined, pieces: [head] }
}

/** Adds the next piece, which is not copied. */
export function addPiece(assembly: Assembly, piece: Uint8Array): void {
  const before = assembly.receivedBytes
  assembly.receivedBytes += piece.length
  if (assembly.lsn === undefined) return
  if (before < HEADER_BYTES || mayBeRead(headOf(assembly))) assembly.pieces.push(piece)
  if (assembly.sum !== undefined && assembly.receivedBytes > HEADER_BYTES) {
    const from = Math.max(0, HEADER_BYTES - before)
    assembly.sum = crcAdd(assembly.sum, piece, from, piece.length)
  }
}

/** The record from its beginning: all of it, or its header and maybe more when its manager is not read. */
export function headOf(assembly: Assembly): Uint8Array {
  const [first] = assembly.pieces
  if (assembly.pieces.length === 1 && first) return first
  const joined = new Uint8Array(assembly.pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of assembly.pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  assembly.pieces = [joined]
  return joined
}

/** What the next segment's reader needs; undefined when the record is skipped anyhow. */
export function cutOff(
  assembly: Assembly,
  timeline: number,
  continuesAt: bigint,
): SegmentTail | undefined {
  const { lsn, totalBytes, receivedBytes, sum } = assembly
  if (lsn === undefined) return undefined
  const head = headOf(assembly)
  const wanted = mayBeRead(head) ? head.length : HEADER_BYTES
  return {
    lsn,
    continuesAt,
    timeline,
    totalBytes,
    receivedBytes,
    sum,
    head: head.slice(0, wanted),
  }
}

/** The manager may still stand in the next piece. */
const mayBeRead = (head: Uint8Array): boolean =>
  head.length <= MANAGER_OFFSET || isRead(head[MANAGER_OFFSET])
