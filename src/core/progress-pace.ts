import type { MemberProgress } from '../contract/documents/member.ts'
import { describeBytes } from './describe-bytes.ts'
import { describeProgress } from './describe-progress.ts'
import { lsnOf } from './wal/lsn.ts'
import { parseSegmentName } from './wal/segment-name.ts'

/** The WAL that a recovery is to go through, as Postgres writes places in it. */
export interface ReplaySpan {
  readonly startLsn: string
  readonly endLsn: string
  readonly segmentBytes: number
}

interface Sample {
  readonly atMs: number
  readonly bytesDone: number
}

/** The rate is that of the last seconds: disks and caches make the beginning a bad guide. */
const WINDOW_MS = 15_000
/** Less says nothing about what comes. */
const LEAST_MS = 1_500

/**
 * Describes the progress of one step as it comes, with its rate and the time that is left: `1.2 GiB of 3 GiB copied,
 * 210 MiB/s, 9 s left`. `nowMs` counts on and never back.
 */
export function progressPace(
  replay?: ReplaySpan,
): (progress: MemberProgress, nowMs: number) => string {
  let stage: MemberProgress['stage'] | undefined
  let samples: Sample[] = []
  return (progress, nowMs) => {
    const seen = progress.stage === 'replaying' ? replayed(progress, replay) : copied(progress)
    if (!seen) return describeProgress(progress)
    if (progress.stage !== stage) samples = []
    stage = progress.stage
    samples.push({ atMs: nowMs, bytesDone: seen.bytesDone })
    const recent = samples.findIndex(({ atMs }) => nowMs - atMs <= WINDOW_MS)
    samples = samples.slice(Math.max(0, recent))
    const rate = rateOf(samples)
    return [seen.text, ...(rate === undefined ? [] : rateWords(seen, rate))].join(', ')
  }
}

interface Seen {
  readonly text: string
  readonly bytesDone: number
  readonly bytesTotal: number | undefined
}

const copied = (progress: MemberProgress): Seen => ({
  text: describeProgress(progress),
  bytesDone: progress.bytesDone ?? 0,
  bytesTotal: progress.bytesTotal,
})

/** Undefined when it is not known what there is to replay. */
function replayed(
  { segment = '' }: MemberProgress,
  span: ReplaySpan | undefined,
): Seen | undefined {
  const place = span && parseSegmentName(segment, span.segmentBytes)
  if (!place) return undefined
  const start = lsnOf(span.startLsn)
  const bytesTotal = Number(lsnOf(span.endLsn) - start)
  const bytesDone = Math.min(bytesTotal, Math.max(0, Number(place.startLsn - start)))
  if (bytesTotal <= 0) return undefined
  const text = `${describeBytes(bytesDone)} of ${describeBytes(bytesTotal)} of WAL replayed`
  return { text, bytesDone, bytesTotal }
}

/** Bytes per second over the samples; undefined while they are too few to say. */
function rateOf(samples: readonly Sample[]): number | undefined {
  const [first] = samples
  const last = samples.at(-1)
  if (!first || !last || last.atMs - first.atMs < LEAST_MS) return undefined
  const rate = ((last.bytesDone - first.bytesDone) * 1000) / (last.atMs - first.atMs)
  return rate > 0 ? rate : undefined
}

function rateWords({ bytesDone, bytesTotal }: Seen, rate: number): string[] {
  const speed = `${describeBytes(rate)}/s`
  if (bytesTotal === undefined) return [speed]
  const seconds = Math.ceil(Math.max(0, bytesTotal - bytesDone) / rate)
  return [speed, `${timeWords(seconds)} left`]
}

/** `9 s`, `2 m 5 s`, `3 h 10 m`. */
function timeWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`
}
