import type { WalRange } from '../../contract/backup.ts'
import { boundsOf } from './segment-name.ts'
import type { Ancestor, TimelineHistories } from './timeline-history.ts'

/** The WAL that an archive has, and where its timelines branched off, as far as their histories are known. */
export interface Timelines {
  readonly ranges: readonly WalRange[]
  readonly segmentBytes: number
  readonly histories?: TimelineHistories | undefined
}

/** A part of the way that a recovery takes: a timeline, and the byte at which it goes over to the next. */
export interface Leg {
  readonly timeline: number
  /** Unset: to the end of what there is. */
  readonly switchLsn?: bigint
}

/**
 * The way of a recovery from a place on a timeline: over to the newest timeline as Postgres finds it, by asking for one history
 * after the other (findNewestTimeLine). Where that one does not descend from the place, Postgres would refuse to start; then
 * the way is to the newest that does, and `asked` is false: the timeline must be named.
 */
export function pathFrom(
  timeline: number,
  lsn: bigint,
  timelines: Timelines,
): { legs: readonly Leg[]; asked: boolean } {
  const newest = newestFrom(timeline, timelines)
  for (let last = newest; last > timeline; last--) {
    const legs = legsTo(last, timeline, lsn, timelines)
    if (legs) return { legs, asked: last === newest }
  }
  return { legs: [{ timeline }], asked: newest === timeline }
}

function newestFrom(timeline: number, { ranges, histories }: Timelines): number {
  let newest = timeline
  const isKnown = (t: number): boolean =>
    histories?.has(t) === true || ranges.some((range) => range.timeline === t)
  while (isKnown(newest + 1)) newest++
  return newest
}

function legsTo(
  last: number,
  timeline: number,
  lsn: bigint,
  timelines: Timelines,
): readonly Leg[] | undefined {
  const ancestors = ancestorsOf(last, timelines)
  const at = ancestors.findIndex((ancestor) => ancestor.timeline === timeline)
  const first = ancestors[at]
  if (!first || first.switchLsn < lsn) return undefined
  return [...ancestors.slice(at), { timeline: last }]
}

function ancestorsOf(timeline: number, timelines: Timelines): readonly Ancestor[] {
  const history = timelines.histories?.get(timeline)
  if (history) return history
  const branch = branchOf(timeline, timelines)
  return branch ? [...ancestorsOf(branch.timeline, timelines), branch] : []
}

/**
 * Where a timeline branched off. Without its history: from the timeline before it that the archive has, at the segment that it
 * begins with, of which the server writes the beginning anew under the new timeline.
 */
export function branchOf(timeline: number, timelines: Timelines): Ancestor | undefined {
  const history = timelines.histories?.get(timeline)
  if (history) return history.at(-1)
  const { ranges, segmentBytes } = timelines
  const first = ranges.find((range) => range.timeline === timeline)
  const earlier = ranges.map((range) => range.timeline).filter((t) => t < timeline)
  if (!first || earlier.length === 0) return undefined
  return { timeline: Math.max(...earlier), switchLsn: boundsOf(first, segmentBytes).start }
}
