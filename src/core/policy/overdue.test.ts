import { expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import { archiveOf, backupAt, DAY_MS, HOUR_MS, instant, START_MS } from './history.suite.ts'
import { overdue } from './overdue.ts'
import type { LineageFacts } from './schedule.ts'

const facts = (changes: Partial<LineageFacts> = {}): LineageFacts => ({
  lineage: {
    id: 'l00001',
    instanceId: 'i1',
    project: 'shop',
    service: 'db',
    engine: 'copy',
    createdAt: instant(START_MS),
    provenAt: instant(START_MS + HOUR_MS),
  },
  policy: defaultBackupPolicy,
  server: 'running',
  backups: [backupAt(0)],
  drills: [],
  archive: archiveOf(0),
  attempts: { backup: [], drill: [], prune: [] },
  ...changes,
})

/** What is overdue so many hours after the beginning, on a machine that was awake all the time or since `awakeSince`. */
const at = (hours: number, given: LineageFacts = facts(), awakeSince = 0) =>
  overdue(given, START_MS + hours * HOUR_MS, START_MS + awakeSince * HOUR_MS)

test('twice the interval after the last good base, and after the last proof, people are told', () => {
  expect(at(48)).toEqual([])
  expect(at(48.5)).toEqual([
    {
      kind: 'backup-overdue',
      sinceMs: START_MS + 48.5 * HOUR_MS,
      message: 'the last good base backup of “db” of shop is 2d old',
    },
  ])
  expect(at(50).map((o) => o.kind)).toEqual(['backup-overdue', 'drill-overdue'])
})

test('since when stays the same for as long as nothing is done', () => {
  expect(at(60).map((o) => o.sinceMs)).toEqual(at(90).map((o) => o.sinceMs))
})

test('a damaged base is none', () => {
  const damaged = facts({ backups: [backupAt(0), backupAt(40, { damage: 'a page' })] })
  expect(at(48.75, damaged).map((o) => o.kind)).toEqual(['backup-overdue'])
  expect(at(48.75, facts({ backups: [backupAt(0), backupAt(40)] }))).toEqual([])
})

test('a lineage without any base is overdue from its beginning on', () => {
  const given = facts({ backups: [] })
  expect(at(47, given)).toEqual([])
  expect(at(48, given)[0]?.message).toContain('nothing of it can be restored')
})

test('a machine that slept has an hour to make up for it', () => {
  expect(at(100.5, facts(), 100)).toEqual([])
  expect(at(101, facts(), 100)).toHaveLength(2)
})

test.each<[string, Partial<LineageFacts>, string[]]>([
  [
    'whose drills are off',
    { policy: { ...defaultBackupPolicy, drillEveryMs: 0 } },
    ['backup-overdue'],
  ],
  ['that sleeps unchanged', { server: 'resting' }, ['drill-overdue']],
  ['whose server is down', { server: 'unavailable' }, ['backup-overdue', 'drill-overdue']],
  ['that nobody writes', { server: 'gone' }, []],
])('a lineage %s', (_, changes, kinds) => {
  expect(at(100, facts(changes)).map((o) => o.kind)).toEqual(kinds)
})

test('a closed lineage is never overdue', () => {
  const given = facts()
  const lineage = { ...given.lineage, closedAt: instant(START_MS + DAY_MS) }
  expect(at(1000, { ...given, lineage })).toEqual([])
})
