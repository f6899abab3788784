import { expect, test } from 'vitest'
import type { Backup } from '../../contract/backup.ts'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { Drill } from '../../contract/drill.ts'
import type { Attempt } from './attempts.ts'
import {
  archiveOf,
  backupAt,
  DAY_MS,
  HOUR_MS,
  instant,
  MINUTE_MS,
  START_MS,
} from './history.suite.ts'
import { backupKind, type LineageFacts, schedule, type Scheduled } from './schedule.ts'

const daily = { ...defaultBackupPolicy, at: '03:15' }
const SLOT_MS = 3.25 * HOUR_MS

const facts = (changes: Partial<LineageFacts> = {}): LineageFacts => ({
  lineage: {
    id: 'l00001',
    instanceId: 'i1',
    project: 'shop',
    service: 'db',
    engine: 'copy',
    createdAt: instant(START_MS),
  },
  policy: daily,
  server: 'running',
  backups: [],
  drills: [],
  archive: archiveOf(0),
  attempts: { backup: [], drill: [], prune: [] },
  ...changes,
})

const attempt = (outcome: Attempt['outcome'], hour: number): Attempt => ({
  outcome,
  startedAtMs: START_MS + hour * HOUR_MS,
  finishedAtMs: START_MS + hour * HOUR_MS,
})

const drillAt = (hour: number, outcome: Drill['outcome'] = 'passed'): Drill => ({
  id: '20260302-000000',
  lineage: 'l00001',
  project: 'shop',
  service: 'db',
  backup: '20260302-000000',
  outcome,
  startedAt: instant(START_MS + hour * HOUR_MS),
  finishedAt: instant(START_MS + (hour + 0.1) * HOUR_MS),
  sizeBytes: 1,
  walBytes: 1,
  checks: [],
})

/** The hour from which a kind of work is due, seen at the hour `now`; undefined when never. */
function from(what: Scheduled, given: LineageFacts, now = 30): number | undefined {
  const due = schedule(given, START_MS + now * HOUR_MS).find((d) => d.what === what)
  return due && (due.fromMs - START_MS) / HOUR_MS
}

test('a branch gets its first base after an hour, because many are gone before', () => {
  expect(from('backup', facts({ isBranch: true }))).toBe(1)
})

test('a new lineage gets its first base at once, and a drill after it', () => {
  expect(schedule(facts(), START_MS)).toEqual([{ what: 'backup', fromMs: START_MS }])
  const based = facts({ backups: [backupAt(0)] })
  expect(from('drill', based)).toBe(0.5)
})

test('a daily base begins at its time in UTC, and what was done shortly before stands for it', () => {
  expect(from('backup', facts({ backups: [backupAt(3.25)] }))).toBe(24 + 3.25)
  expect(from('backup', facts({ backups: [backupAt(3.5)] }))).toBe(24 + 3.25)
  expect(from('backup', facts({ backups: [backupAt(14)] }))).toBe(24 + 3.25)
  // Less than six hours before: the next one would hold nearly the same.
  expect(from('backup', facts({ backups: [backupAt(23)] }))).toBe(48 + 3.25)
})

test('a base that was missed for days is due once', () => {
  const asleep = facts({ backups: [backupAt(3.25)] })
  expect(from('backup', asleep, 100)).toBeLessThan(100)
  const madeUp = facts({ backups: [backupAt(3.25), backupAt(100)] })
  expect(from('backup', madeUp, 101)).toBe(4 * 24 + 24 + 3.25)
})

test('a clock that goes back repeats nothing, and one that was far ahead stops nothing for long', () => {
  const ahead = facts({ backups: [backupAt(51.25)] })
  for (let now = 30; now < 51; now++) expect(from('backup', ahead, now)).toBeGreaterThan(now)
  const farAhead = facts({ backups: [backupAt(3.25), backupAt(9000)] })
  expect(from('backup', farAhead, 30)).toBe(27.25)
})

test('without a time of its own a base is spread over the day by its instance', () => {
  const hours = Array.from({ length: 200 }, (_, n) => {
    const given = facts({ policy: defaultBackupPolicy, backups: [backupAt(0)] })
    return from('backup', { ...given, lineage: { ...given.lineage, instanceId: `i${n}` } })!
  })
  for (const hour of hours) {
    expect(hour).toBeGreaterThan(6)
    expect(hour).toBeLessThanOrEqual(30)
    expect((hour * 60) % 1).toBeCloseTo(0)
  }
  for (const quarter of [6, 12, 18, 24]) {
    expect(hours.filter((h) => h > quarter && h <= quarter + 6).length).toBeGreaterThan(25)
  }
})

test('an interval that is not a day keeps to its own slots', () => {
  const policy = { ...daily, everyMs: 6 * HOUR_MS }
  expect(from('backup', facts({ policy, backups: [backupAt(3.25)] }))).toBe(9.25)
  const twoDays = { ...daily, everyMs: 2 * DAY_MS }
  const next = from('backup', facts({ policy: twoDays, backups: [backupAt(3.25)] }))!
  expect(next % 24).toBe(3.25)
})

test.each<[string, Partial<LineageFacts>]>([
  ['whose server does not answer', { server: 'unavailable' }],
  ['that nobody writes', { server: 'gone' }],
  [
    'whose server sleeps and had nothing to say since',
    { server: 'resting', archive: archiveOf(1, { lastCommitAt: instant(START_MS) }) },
  ],
])('a lineage %s gets no base', (_, changes) => {
  expect(from('backup', facts({ backups: [backupAt(0)], ...changes }), 200)).toBeUndefined()
})

test('a server that sleeps gets one base of what it wrote before, and its first one', () => {
  const lastCommitAt = instant(START_MS + 10 * HOUR_MS)
  const resting = facts({ server: 'resting', archive: archiveOf(10, { lastCommitAt }) })
  expect(from('backup', resting)).toBe(0)
  expect(from('backup', { ...resting, backups: [backupAt(3.25)] })).toBe(27.25)
  expect(from('backup', { ...resting, backups: [backupAt(3.25), backupAt(27.25)] })).toBeUndefined()
})

test.each(['lost', 'different', 'damaged', 'given-up'] as const)(
  'WAL that is %s makes a base due at once, and not again after it',
  (kind) => {
    const since = instant(START_MS + 10 * HOUR_MS)
    const archive = archiveOf(10, { problems: [{ kind, sentence: '', since }] })
    const hole = facts({ backups: [backupAt(3.25)], archive })
    expect(from('backup', hole, 10)).toBe(10)
    expect(from('backup', { ...hole, backups: [backupAt(3.25), backupAt(11)] }, 11)).toBe(27.25)
    // Right after a base it waits: what loses WAL over and over must not be copied over and over.
    expect(from('backup', { ...hole, backups: [backupAt(9.5)] }, 10)).toBe(10.5)
  },
)

test('WAL that is only late changes nothing', () => {
  const since = instant(START_MS + 10 * HOUR_MS)
  const archive = archiveOf(10, { problems: [{ kind: 'late', sentence: '', since }] })
  expect(from('backup', facts({ backups: [backupAt(3.25)], archive }), 10)).toBe(27.25)
})

test('a damaged newest base is made anew at once, and each hour at most when that does not help', () => {
  const spoilt = (hour: number): Backup => backupAt(hour, { damage: 'a page' })
  const due = (...backups: Backup[]) => from('backup', facts({ backups }))
  expect(due(backupAt(3.25), spoilt(8))).toBe(8)
  expect(due(backupAt(3.25), spoilt(8), spoilt(9))).toBe(10)
  expect(due(spoilt(3.25), backupAt(8))).toBe(due(backupAt(8)))
})

test('where no base is good one is due at once, and no drill before it', () => {
  const spoilt = (hour: number): Backup => backupAt(hour, { damage: 'a page' })
  const due = (...backups: Backup[]) => schedule(facts({ backups }), START_MS + 30 * HOUR_MS)
  expect(due(spoilt(8)).map(({ what, fromMs }) => [what, fromMs])).toContainEqual([
    'backup',
    START_MS + 8 * HOUR_MS,
  ])
  expect(from('backup', facts({ backups: [spoilt(8), spoilt(20)] }))).toBe(21)
  expect(from('drill', facts({ backups: [spoilt(8), spoilt(20)] }))).toBeUndefined()
  const failed = [drillAt(20.6, 'failed')]
  expect(from('drill', facts({ backups: [spoilt(20), backupAt(21)], drills: failed }))).toBe(21.6)
})

test('failures are tried again after 1, 2, 4 … minutes, and each hour in the end', () => {
  const minutes = (count: number): number => {
    const failed = Array.from({ length: count }, (_, n) => attempt('failed', 5 + n))
    const hour = from('backup', facts({ attempts: { backup: failed, drill: [], prune: [] } }))!
    return Math.round((hour - 5 - (count - 1)) * 60)
  }
  expect([1, 2, 3, 4, 5, 6, 7, 8, 20].map(minutes)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('only failures in a row count, and one that a person cancelled waits an hour', () => {
  const tried = (...backup: Attempt[]) =>
    from('backup', facts({ attempts: { backup, drill: [], prune: [] } }), 8)
  const failed = attempt('failed', 7)
  expect(tried(attempt('failed', 1), attempt('failed', 2), attempt('done', 3), failed)).toBeCloseTo(
    7 + MINUTE_MS / HOUR_MS,
  )
  expect(tried(attempt('failed', 6), attempt('cancelled', 7))).toBe(8)
  // Of a clock that was ahead.
  expect(tried(attempt('failed', 500))).toBe(0)
})

test('a smaller backup is taken while the last full one is young, by an engine that can', () => {
  const { lineage, policy } = facts()
  const pgbackrest = { lineage: { ...lineage, engine: 'pgbackrest' as const }, policy }
  const kindAt = (hour: number, backups: Backup[]) =>
    backupKind({ ...pgbackrest, backups }, START_MS + hour * HOUR_MS)
  expect(kindAt(0, [])).toBe('full')
  expect(kindAt(27.25, [backupAt(3.25)])).toBe('differential')
  expect(kindAt(6 * 24 + 3.25, [backupAt(3.25)])).toBe('differential')
  // A week later to the minute, though the last one began a little late.
  expect(kindAt(7 * 24 + 3.25, [backupAt(3.5)])).toBe('full')
  expect(kindAt(27.25, [backupAt(3.25, { damage: 'a page' })])).toBe('full')
  expect(backupKind({ lineage, policy, backups: [backupAt(3.25)] }, START_MS)).toBe('full')
})

test('drills come by their own interval, after the first base, and never when they are off', () => {
  const drilled = facts({ backups: [backupAt(0)], drills: [drillAt(1)] })
  const next = from('drill', drilled)!
  expect(next).toBeGreaterThan(1 + 6)
  expect(next).toBeLessThanOrEqual(1 + 30)
  const off = { ...daily, drillEveryMs: 0 }
  expect(from('drill', facts({ backups: [backupAt(0)], policy: off }))).toBeUndefined()
  expect(from('drill', facts())).toBeUndefined()
  const weekly = { ...daily, drillEveryMs: 7 * DAY_MS }
  expect(from('drill', { ...drilled, policy: weekly })).toBeGreaterThan(1 + 42)
})

test('a drill that failed is repeated on the next base', () => {
  const failed = facts({ backups: [backupAt(0)], drills: [drillAt(1, 'failed')] })
  expect(from('drill', failed)).toBeGreaterThan(6)
  expect(from('drill', { ...failed, backups: [backupAt(0), backupAt(3)] })).toBe(3.5)
  expect(from('drill', { ...failed, backups: [backupAt(0), backupAt(1.1)] })).toBe(2)
  const passed = { ...failed, drills: [drillAt(1)], backups: [backupAt(0), backupAt(3)] }
  expect(from('drill', passed)).toBeGreaterThan(6)
})

const closed = (changes: Partial<LineageFacts> = {}): LineageFacts => {
  const given = facts({ server: 'gone', backups: [backupAt(0)], drills: [drillAt(1)], ...changes })
  return { ...given, lineage: { ...given.lineage, closedAt: instant(START_MS + 10 * HOUR_MS) } }
}

test('a closed lineage is drilled once a week, and goes when its time is over', () => {
  expect(from('backup', closed())).toBeUndefined()
  expect(from('drill', closed())).toBeGreaterThan(1 + 42)
  expect(from('prune', closed())).toBe(10 + 30 * 24)
  const named = closed({ backups: [backupAt(0, { name: 'kept' })] })
  expect(from('prune', named)).toBeUndefined()
})

test('a lineage that no instance names and nobody closed is left alone', () => {
  expect(schedule(facts({ server: 'gone', backups: [backupAt(0)] }), START_MS)).toEqual([])
})

test('what may go is looked at after each base and once a day, once the window is full', () => {
  const pruned = (hour: number) => ({ backup: [], drill: [], prune: [attempt('done', hour)] })
  const old = backupAt(0)
  expect(from('prune', facts({ backups: [old] }))).toBe(0.5 + 7 * 24)
  expect(from('prune', facts({ backups: [old, backupAt(200)] }), 201)).toBe(200.5)
  expect(from('prune', facts({ backups: [old], attempts: pruned(202) }), 203)).toBe(226)
  const newer = facts({ backups: [old, backupAt(203)], attempts: pruned(202) })
  expect(from('prune', newer, 204)).toBe(203.5)
})

test('the slot of the daily base is the one that its time says', () => {
  const due = schedule(facts({ backups: [backupAt(0)] }), START_MS).find((d) => d.what === 'backup')
  expect(new Date(due!.fromMs).toISOString()).toBe('2026-03-03T03:15:00.000Z')
  expect((due!.fromMs - SLOT_MS) % DAY_MS).toBe(0)
})
