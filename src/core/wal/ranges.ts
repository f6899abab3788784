import type { WalRange } from '../../contract/backup.ts'
import { formatLsn } from './lsn.ts'
import { laterOf, microsOf } from './postgres-time.ts'
import type { SegmentFacts } from './read-segment.ts'
import { SET_BACK_MICROS } from './segment-contents.ts'
import { boundsOf, segmentName, segmentPlace, segmentStart } from './segment-name.ts'
import { branchOf, type Timelines } from './timeline-path.ts'

/** What an archive keeps of each segment. */
export interface IndexedSegment extends Partial<EndFacts> {
  /** Its name. */
  readonly segment: string
}

type EndFacts = Required<
  Pick<
    SegmentFacts,
    'firstCommitAt' | 'lastCommitAt' | 'lastCommitLsn' | 'lastRecordLsn' | 'endLsn' | 'setBacks'
  >
>

/**
 * A stretch of WAL without a hole, and what is known of its end: the latest commit, the places of the last commit and of the
 * last whole record, and where the next record would begin.
 */
export type KnownRange = WalRange

/** Segments that are missing, from the first to the last. */
export interface Hole extends WalRange {
  readonly segments: number
}

/** The segments as stretches without a hole, by timeline and place. The order and repetitions of the input do not matter. */
export function walRanges(segments: Iterable<IndexedSegment>, segmentBytes: number): KnownRange[] {
  const byName = new Map([...segments].map((entry) => [entry.segment, entry]))
  const ranges: KnownRange[] = []
  let next: string | undefined
  // Names of equal length in hexadecimal sort as timelines and places do.
  for (const name of [...byName.keys()].sort()) {
    const { timeline, startLsn } = segmentPlace(name, segmentBytes)
    const entry = byName.get(name)
    const facts = endFacts(entry)
    const open = ranges.at(-1)
    if (open && name === next) {
      const setBacks = setBacksWith(open, entry, formatLsn(startLsn))
      ranges[ranges.length - 1] = { ...joined(open, name, facts), ...setBacks }
    } else {
      ranges.push({ timeline, first: name, last: name, ...facts, ...setBacksWith({}, entry, '') })
    }
    next = segmentName(timeline, startLsn + BigInt(segmentBytes), segmentBytes)
  }
  return ranges
}

/** Of a stretch; a clock that goes back for ever says no more by then. */
const MOST_SET_BACKS = 100

/**
 * Those of a stretch and of the segment behind it, where a clock may have been set back between both: then a commit is earlier than
 * the latest before it. For as long as the clock has not caught up that is so of each segment, and it is told once.
 */
function setBacksWith(
  range: Pick<Partial<KnownRange>, 'lastCommitAt' | 'setBacks'>,
  entry: IndexedSegment | undefined,
  lsn: string,
): Pick<KnownRange, 'setBacks'> {
  const { setBacks: known = [], lastCommitAt: from } = range
  const { setBacks: own = [], firstCommitAt: to } = entry ?? {}
  const isEarlier =
    from !== undefined && to !== undefined && microsOf(to) < microsOf(from) - SET_BACK_MICROS
  const isTold = [...known, ...own].some(
    (one) => isEarlier && microsOf(one.to) <= microsOf(to) && microsOf(one.from) >= microsOf(from),
  )
  const all = [...known, ...(isEarlier && !isTold ? [{ lsn, from, to }] : []), ...own]
  return all.length === 0 ? {} : { setBacks: all.slice(-MOST_SET_BACKS) }
}

function joined(
  range: KnownRange,
  last: string,
  facts: Partial<Omit<EndFacts, 'setBacks' | 'firstCommitAt'>>,
): KnownRange {
  const lastCommitAt = laterOf(range.lastCommitAt, facts.lastCommitAt)
  return { ...range, ...facts, last, ...(lastCommitAt === undefined ? {} : { lastCommitAt }) }
}

function endFacts(
  entry: IndexedSegment | undefined,
): Partial<Omit<EndFacts, 'setBacks' | 'firstCommitAt'>> {
  const { lastCommitAt, lastCommitLsn, lastRecordLsn, endLsn } = entry ?? {}
  return {
    ...(lastCommitAt === undefined ? {} : { lastCommitAt }),
    ...(lastCommitLsn === undefined ? {} : { lastCommitLsn }),
    ...(lastRecordLsn === undefined ? {} : { lastRecordLsn }),
    ...(endLsn === undefined ? {} : { endLsn }),
  }
}

/**
 * What is missing between the first and the last segment of an archive. Where a timeline branches off, its ancestor's WAL is
 * needed up to there only; without its history, the segment that it begins with counts as that place.
 */
export function walHoles(timelines: Timelines): Hole[] {
  const { ranges, segmentBytes } = timelines
  const holes: Hole[] = []
  const missing = (timeline: number, from: bigint, to: bigint): void => {
    if (from < to) holes.push(holeOf(timeline, from, to, segmentBytes))
  }
  for (const [index, range] of ranges.entries()) {
    const { timeline } = range
    const { start } = boundsOf(range, segmentBytes)
    const before = ranges[index - 1]
    if (before?.timeline === timeline) {
      missing(timeline, boundsOf(before, segmentBytes).end, start)
      continue
    }
    const branch = branchOf(timeline, timelines)
    const trunk = ranges.filter((r) => r.timeline === branch?.timeline)
    if (!branch || trunk.length === 0) continue
    const branched = segmentStart(branch.switchLsn, segmentBytes)
    const reached = trunk.map((r) => boundsOf(r, segmentBytes)).filter((r) => r.start < branched)
    missing(branch.timeline, reached.at(-1)?.end ?? branched, branched)
    missing(timeline, branched, start)
  }
  return holes
}

/** The segments from one that begins at `from` to the one that ends at `to`. */
export function holeOf(timeline: number, from: bigint, to: bigint, segmentBytes: number): Hole {
  return {
    timeline,
    first: segmentName(timeline, from, segmentBytes),
    last: segmentName(timeline, to - 1n, segmentBytes),
    segments: Number((to - from) / BigInt(segmentBytes)),
  }
}
