import { expect, test } from 'vitest'
import type { Drill } from '../../contract/drill.ts'
import { drillsToForget } from './kept-drills.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const now = Date.parse('2026-11-20T15:00:00.000Z')
const drill = (daysAgo: number, outcome: Drill['outcome'] = 'passed'): Drill => {
  const at = new Date(now - daysAgo * DAY_MS).toISOString()
  return {
    id: `20261120-1503${String(daysAgo).padStart(2, '0')}`,
    lineage: 'abcdef',
    project: 'shop',
    service: 'db',
    backup: '20261120-150312',
    outcome,
    startedAt: at,
    finishedAt: at,
    sizeBytes: 0,
    walBytes: 0,
    checks: [],
  }
}
const days = (from: number, count: number, outcome?: Drill['outcome']): Drill[] =>
  Array.from({ length: count }, (_, at) => drill(from + at, outcome))

test('the newest thirty stay', () => {
  expect(drillsToForget(days(0, 30), now)).toEqual([])
  expect(drillsToForget(days(0, 32), now)).toEqual([drill(30), drill(31)])
})

test('a failure stays for ninety days, however many came after it', () => {
  const all = [...days(0, 30), drill(60, 'failed'), drill(61), drill(95, 'failed')]
  expect(drillsToForget(all, now)).toEqual([drill(61), drill(95, 'failed')])
})
