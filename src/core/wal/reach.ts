import type { WalRange } from '../../contract/backup.ts'
import { boundsOf, segmentStart } from './segment-name.ts'
import type { Leg, Timelines } from './timeline-path.ts'

/** How far WAL reaches without a hole. */
export interface Reach {
  /** The first byte that is missing. */
  readonly end: bigint
  /** The timeline on which it is missing. */
  readonly timeline: number
  /** The stretch that it ends in; unset when not even the first segment is there. */
  readonly range?: WalRange
  /** The next segment of the way that is there again begins here; unset when there is nothing newer. */
  readonly resumesAt?: bigint
}

interface Bounded {
  readonly range: WalRange
  readonly start: bigint
  readonly end: bigint
}

/** Follows a way through an archive's WAL, from the segment that has `lsn` on, until something is missing. */
export function reachAlong(
  legs: readonly Leg[],
  lsn: bigint,
  { ranges, segmentBytes }: Timelines,
): Reach {
  const ways = legs.map(({ timeline, switchLsn }) => ({
    timeline,
    // The segment of the switch is read on the next timeline, which has its beginning too.
    until: switchLsn === undefined ? undefined : segmentStart(switchLsn, segmentBytes),
    own: ranges
      .filter((range) => range.timeline === timeline)
      .map((range): Bounded => ({ range, ...boundsOf(range, segmentBytes) })),
  }))
  let end = segmentStart(lsn, segmentBytes)
  let range: WalRange | undefined
  let timeline = legs[0]?.timeline ?? 1
  for (const leg of ways) {
    if (leg.until !== undefined && leg.until <= end) continue
    timeline = leg.timeline
    const here = leg.own.find((r) => r.start <= end && end < r.end)
    if (!here) break
    range = here.range
    end = least(here.end, leg.until)
    if (end !== leg.until) break
  }
  const later = ways.flatMap(({ own, until }) => own.filter((r) => isAhead(r, end, until)))
  const resumesAt = later.reduce<bigint | undefined>((at, r) => least(r.start, at), undefined)
  return {
    end,
    timeline,
    ...(range ? { range } : {}),
    ...(resumesAt === undefined ? {} : { resumesAt }),
  }
}

/** Whether a stretch is on the way and not reached. */
const isAhead = ({ start }: Bounded, end: bigint, until: bigint | undefined): boolean =>
  start >= end && (until === undefined || start < until)

const least = (one: bigint, other: bigint | undefined): bigint =>
  other !== undefined && other < one ? other : one
