import type { FaultResult } from './run-fault.ts'

const SHOWN = 10

/** A result as a person reads it. */
export function faultReport(result: FaultResult): string {
  const { fault, title, target, isPassed, counts, recovered, violations, complaints } = result
  const errors = Object.entries(result.errors).toSorted(([, a], [, b]) => b - a)
  const gaps = result.gaps.map(
    ({ endpoint, gapMs, worstClientMs }) =>
      `  ${endpoint}: ${gapMs.toFixed(0)} ms without a write; ${worstClientMs.toFixed(0)} ms for the client that waited longest`,
  )
  const wrong = [...complaints, ...violations.map(({ rule, what }) => `${rule}: ${what}`)]
  return [
    `${isPassed ? 'passed' : 'FAILED'}  ${fault} ${title} (${target})`,
    ...gaps,
    `  ${counts.acked} acknowledged, ${counts.refused} refused, ${counts.unknown} unknown (${recovered} of them are there)`,
    ...errors.slice(0, SHOWN).map(([error, count]) => `  ${count} x ${error}`),
    ...wrong.slice(0, SHOWN).map((line) => `  ! ${line}`),
    ...(wrong.length > SHOWN ? [`  ! and ${wrong.length - SHOWN} more`] : []),
    '',
  ].join('\n')
}
