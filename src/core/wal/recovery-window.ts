import type { ClockSetBack, RecoveryWindow } from '../../contract/backup.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { microsOf } from './postgres-time.ts'
import type { Hole } from './ranges.ts'
import { type Holdings, type Stretch, stretchesOf } from './stretches.ts'

/** What of a lineage can be restored at the instant `now`; the gaps are named by the segments that are missing. */
export function recoveryWindow(holdings: Holdings & { readonly now: string }): RecoveryWindow {
  return windowOf(stretchesOf(holdings), holdings.now)
}

/** The window that stretches, oldest first, make. */
export function windowOf(stretches: readonly Stretch[], now: string): RecoveryWindow {
  const [first] = stretches
  const last = stretches.at(-1)
  if (!first || !last) return { gaps: [] }
  const setBacks = stretches.flatMap((stretch) => stretch.setBacks ?? [])
  const rpoMs = Math.floor((microsOf(now) - microsOf(last.until)) / 1000)
  return {
    earliest: first.backups[0].finishedAt,
    latest: last.until,
    earliestLsn: first.backups[0].stopLsn,
    latestLsn: last.untilLsn,
    gaps: stretches.flatMap((stretch, index) => gapAfter(stretch, stretches[index + 1])),
    ...(setBacks.length === 0 ? {} : { setBacks }),
    rpoMs: Math.max(0, rpoMs),
  }
}

/** Where the clock was set back over this time, so that the commits up to it are no single stretch; undefined of one that is clear. */
export function ambiguityOf(
  target: RecoveryTarget,
  { setBacks = [] }: Pick<RecoveryWindow, 'setBacks'>,
): ClockSetBack | undefined {
  if (target.kind !== 'time') return undefined
  const at = microsOf(target.at)
  return setBacks.findLast(({ from, to }) => microsOf(to) <= at && at < microsOf(from))
}

function gapAfter(stretch: Stretch, next: Stretch | undefined): RecoveryWindow['gaps'] {
  const from = stretch.until
  const missing = stretch.hole ? sentenceOf(stretch.hole) : 'WAL is missing'
  if (next) {
    const to = next.backups[0].finishedAt
    // A clock that was set back in between: every time is in one of both.
    if (microsOf(to) <= microsOf(from)) return []
    return [{ from, to, sentence: `${missing}; the next base backup after it is whole` }]
  }
  if (!stretch.hole) return []
  return [{ from, sentence: `${missing}, and no base backup was taken since` }]
}

/** `WAL 0000…05 is missing`, or `WAL 0000…05 to 0000…07 (3 segments) is missing`. */
function sentenceOf({ first, last, segments }: Hole): string {
  if (segments === 1) return `the WAL segment ${first} is missing`
  return `the WAL segments ${first} to ${last} (${segments}) are missing`
}
