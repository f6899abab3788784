import { parseSegmentName } from './segment-name.ts'

/**
 * How many bytes of WAL a server has finished since this segment's beginning, by the names of its archiver's notes (`<segment>.ready` and
 * `.done`): other than the files themselves, which are made before they are written, each stands for a segment that is full.
 */
export function walSince(first: string, notes: readonly string[], segmentBytes: number): number {
  const from = parseSegmentName(first, segmentBytes)?.startLsn
  if (from === undefined) return 0
  const ends = notes.flatMap((note) => {
    const segment = /^([0-9A-F]{24})\.(?:ready|done)$/.exec(note)?.[1]
    const place = segment === undefined ? undefined : parseSegmentName(segment, segmentBytes)
    return place ? [place.startLsn + BigInt(segmentBytes)] : []
  })
  return ends.reduce((most, end) => Math.max(most, Number(end - from)), 0)
}
