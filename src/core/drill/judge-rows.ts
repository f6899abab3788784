import type { DrillCheck } from '../../contract/drill.ts'
import { fullName, type Table } from './tables-to-count.ts'

/**
 * A table's rows on one server. `settled`: those by transactions that were over before the first count. Nothing adds to them, so
 * they can only become fewer; that holds whatever is written meanwhile, and without asking any statistics.
 */
export interface Rows {
  readonly rows: number
  readonly settled: number
}

export type Count =
  | ({ readonly kind: 'counted' } & Rows)
  | { readonly kind: 'gone' }
  /** It took too long or was locked; `why` follows the table's name. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** The server could not read it. */
  | { readonly kind: 'unreadable'; readonly why: string }

export interface Counted extends Table {
  /** On the live server before the moment that was restored. */
  readonly before: Rows
  /** In what was restored. */
  readonly restored: Count
  /** On the live server after that moment; unset where nobody asked. */
  readonly after?: Count | undefined
}

export interface Verdict {
  readonly outcome: DrillCheck['outcome']
  readonly sentence: string
}

/** Whether only a later count on the live server can tell a loss from a change. */
export const needsLaterCount = ({ before, restored }: Omit<Counted, 'after'>): boolean =>
  restored.kind === 'gone' || (restored.kind === 'counted' && restored.settled < before.settled)

/** What a table's counts say: its settled rows in the restored data lie between those before and those after that moment. */
export function judgeTable(counted: Counted): Verdict {
  const { before, restored } = counted
  const name = fullName(counted)
  switch (restored.kind) {
    case 'unreadable':
      return { outcome: 'failed', sentence: `${name} ${restored.why}` }
    case 'unknown':
      return { outcome: 'skipped', sentence: `${name} ${restored.why}` }
    case 'gone':
      return besideLater(counted, name, undefined)
    case 'counted':
      if (restored.settled < before.settled) return besideLater(counted, name, restored)
      if (restored.settled === before.settled) return whole(name, restored)
      return {
        outcome: 'failed',
        sentence: `${name} has ${rows(restored.settled - before.settled)} that were not there any more`,
      }
  }
}

/** For a table that lost settled rows, or is not there: whether the live server lost as many by then. */
function besideLater({ after }: Counted, name: string, restored: Rows | undefined): Verdict {
  if (after?.kind === 'gone') {
    return { outcome: 'skipped', sentence: `${name} was dropped meanwhile` }
  }
  if (after?.kind !== 'counted') {
    const sentence = `${name} changed meanwhile, and the live server did not say how`
    return { outcome: 'skipped', sentence }
  }
  if (!restored) return { outcome: 'failed', sentence: `${name} is not there` }
  if (restored.settled >= after.settled) return whole(name, restored)
  const lost = rows(after.settled - restored.settled)
  return { outcome: 'failed', sentence: `${name} lacks at least ${lost}` }
}

/** All tables in one check. `left`: why some were not counted. */
export function judgeRows(counted: readonly Counted[], left: readonly string[]): DrillCheck {
  const verdicts = counted.map(judgeTable)
  const sentences = (outcome: DrillCheck['outcome']): string[] =>
    verdicts.filter((v) => v.outcome === outcome).map((v) => v.sentence)
  const passed = sentences('passed')
  const failed = sentences('failed')
  const notCompared = [...sentences('skipped'), ...left].join('; ')
  const without = notCompared ? `. Not compared: ${notCompared}` : ''
  if (failed.length > 0) {
    return { kind: 'rows', outcome: 'failed', sentence: `${failed.join('; ')}${without}` }
  }
  if (passed.length > 0) {
    const sentence = `the rows that the live server had: ${passed.join('; ')}${without}`
    return { kind: 'rows', outcome: 'passed', sentence }
  }
  return { kind: 'rows', outcome: 'skipped', sentence: notCompared || 'there is no table yet' }
}

const whole = (name: string, restored: Rows): Verdict => ({
  outcome: 'passed',
  sentence: `${name} ${rows(restored.rows)}`,
})

const rows = (count: number): string =>
  count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`
