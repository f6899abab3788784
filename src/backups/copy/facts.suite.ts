import type { SegmentFacts } from '../../core/wal/read-segment.ts'

/** What is in a segment of which the test only needs that there is something. */
export const facts: SegmentFacts = {
  timeline: 1,
  systemIdentifier: '7000',
  segmentBytes: 16 * 1024 * 1024,
  major: 16,
  startLsn: '0/1000000',
  complete: true,
  skippedFirst: false,
  commits: 0,
  restorePoints: [],
}
