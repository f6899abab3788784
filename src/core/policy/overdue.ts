import { describeSpan } from '../describe-span.ts'
import { drillEveryMs } from './drill-span.ts'
import { isUnchanged, lastGood, type LineageFacts } from './schedule.ts'

const HOUR_MS = 60 * 60 * 1000

/** Something that should long have been done. */
export interface Overdue {
  readonly kind: 'backup-overdue' | 'drill-overdue'
  /** Stays the same until what is overdue was done, so that it is told once. */
  readonly sinceMs: number
  readonly message: string
}

/**
 * What of a lineage is overdue: no good base backup, or no restore that was seen to work, for twice as long as the policy wants one.
 * A machine that was asleep until `awakeSinceMs` gets an hour to make up for it.
 */
export function overdue(facts: LineageFacts, nowMs: number, awakeSinceMs: number): Overdue[] {
  const { lineage, policy, server } = facts
  if (server === 'gone' || lineage.closedAt !== undefined) return []
  const name = `“${lineage.service}” of ${lineage.project}`
  const found: Overdue[] = []
  const check = (
    kind: Overdue['kind'],
    everyMs: number,
    last: string | undefined,
    message: (age: string) => string,
  ): void => {
    const lastMs = Date.parse(last ?? lineage.createdAt)
    const sinceMs = lastMs + 2 * everyMs
    if (nowMs < Math.max(sinceMs, awakeSinceMs + Math.min(everyMs, HOUR_MS))) return
    found.push({ kind, sinceMs, message: message(wholeMinutes(nowMs - lastMs)) })
  }
  if (!isUnchanged(facts, nowMs)) {
    const last = lastGood(facts, nowMs)?.finishedAt
    check('backup-overdue', policy.everyMs, last, (age) =>
      last === undefined
        ? `${name} has had no base backup since it was made ${age} ago: nothing of it can be restored`
        : `the last good base backup of ${name} is ${age} old`,
    )
  }
  const everyMs = drillEveryMs(policy, false)
  if (everyMs > 0) {
    check('drill-overdue', everyMs, lineage.provenAt, (age) =>
      lineage.provenAt === undefined
        ? `no restore of ${name} was seen to work since it was made ${age} ago`
        : `the last restore of ${name} that was seen to work is ${age} old`,
    )
  }
  return found
}

const wholeMinutes = (spanMs: number): string => describeSpan(Math.floor(spanMs / 60_000) * 60_000)
