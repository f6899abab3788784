import type { ClockSetBack, RecoveryWindow } from '../../contract/backup.ts'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import { duration } from '../output/duration.ts'
import { exactMoment, moment } from '../output/moment.ts'

/** What can be restored: `any moment from 2026-11-13 14:05:00+01:00 to 2026-11-20 15:12:31+01:00 (40 s ago)`. */
export function windowText({ earliest, latest, rpoMs }: RecoveryWindow): string {
  if (earliest === undefined || latest === undefined) return 'nothing can be restored yet'
  const ago = rpoMs === undefined ? '' : ` (${duration(rpoMs)} ago)`
  return `any moment from ${exactMoment(earliest)} to ${exactMoment(latest)}${ago}`
}

/** `commit times go back from … to … at LSN 0/3000028: …`. */
export const setBackText = ({ from, to, lsn }: ClockSetBack): string =>
  `commit times go back from ${exactMoment(from)} to ${exactMoment(to)} at LSN ${lsn}, for the clock was set back: a time in between ends a restore before that place; --to ${lsn}, or another LSN, is exact`

/** Everything that is wrong with a lineage, a sentence each. */
export function troublesOf({ window, problems }: LineageStatus): string[] {
  const gaps = window.gaps.map(({ from, to, sentence }) => {
    const until = to === undefined ? 'on' : `to ${moment(to)}`
    return `not restorable from ${moment(from)} ${until}: ${sentence}`
  })
  return [...problems.map((p) => p.sentence), ...gaps, ...(window.setBacks ?? []).map(setBackText)]
}
