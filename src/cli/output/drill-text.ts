import type { Drill, DrillCheck } from '../../contract/drill.ts'
import { bytes } from './bytes.ts'
import type { Colour } from './colour.ts'
import { ago, duration } from './duration.ts'
import { fields } from './fields.ts'
import { moment } from './moment.ts'

/** Whether a drill passed, coloured by what it means. */
export const drillOutcome = ({ outcome }: Drill, colour: Colour): string =>
  outcome === 'passed' ? colour.good(outcome) : colour.bad(outcome)

/** How long a drill took. */
export const drillTook = ({ startedAt, finishedAt }: Drill): string =>
  duration(Date.parse(finishedAt) - Date.parse(startedAt))

/** `12 MiB, 850 MiB/s`; without the rate where nothing was measured. */
export const amount = (sizeBytes: number, perSecond: number | undefined): string =>
  perSecond === undefined ? bytes(sizeBytes) : `${bytes(sizeBytes)}, ${bytes(perSecond)}/s`

/** All that a drill's record says, for a terminal. */
export function drillText(
  drill: Drill,
  { colour, width, nowMs }: { colour: Colour; width: number | undefined; nowMs: number },
): string {
  const checks = drill.checks.map((check) => [check.kind, checkText(check, colour)] as const)
  const pairs: (readonly [string, string | undefined])[] = [
    ['drill', drill.id],
    ['of', `${drill.project}/${drill.service}, lineage ${drill.lineage}`],
    ['outcome', drillOutcome(drill, colour)],
    [
      'when',
      `${moment(drill.finishedAt)}, ${ago(drill.finishedAt, nowMs)}; took ${drillTook(drill)}`,
    ],
    ['restored from', drill.backup],
    ['restored to', drill.restoredTo && moment(drill.restoredTo)],
    ['data', amount(drill.sizeBytes, drill.restoreBytesPerSecond)],
    ['WAL', amount(drill.walBytes, drill.replayBytesPerSecond)],
    ...checks,
    ['failure', drill.checks.some((c) => c.outcome === 'failed') ? undefined : drill.failure],
  ]
  return fields(pairs, width)
}

function checkText({ outcome, sentence }: DrillCheck, colour: Colour): string {
  const shown = { passed: colour.good, failed: colour.bad, skipped: colour.warning }
  return `${shown[outcome](outcome)}: ${sentence}`
}
