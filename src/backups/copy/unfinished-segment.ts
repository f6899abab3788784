import { lsnOf } from '../../core/wal/lsn.ts'
import { readSegment } from '../../core/wal/read-segment.ts'

/**
 * Whether `content` is a segment that ends before its end, as the last one of a server that died does, and `other` has the same up to
 * there: a server that came back after all has gone on with it.
 */
export function isBeginningOf(content: Buffer, other: Buffer, name: string): boolean {
  const { facts, problem } = readSegment(content, { crc: false, name })
  if (!facts || facts.complete || problem !== undefined || facts.endLsn === undefined) return false
  const bytes = Number(lsnOf(facts.endLsn) - lsnOf(facts.startLsn))
  return content.subarray(0, bytes).equals(other.subarray(0, bytes))
}
