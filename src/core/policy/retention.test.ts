import { expect, test } from 'vitest'
import type { Backup } from '../../contract/backup.ts'
import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'
import { randomFrom } from '../../../test/support/lab/random.ts'
import { lsnOf } from '../wal/lsn.ts'
import * as history from './history.suite.ts'
import { retention, type RetentionInput } from './retention.ts'

const { backupAt, DAY_MS, HOUR_MS, instant, lsnAt, SEGMENT_BYTES, START_MS, walOf } = history

const policy = (changes: Partial<BackupPolicy> = {}): BackupPolicy => ({
  ...defaultBackupPolicy,
  ...changes,
})

/** What goes of a lineage that is `hours` old, all of whose WAL is there and that was proven just now. */
function after(hours: number, backups: readonly Backup[], changes: Partial<RetentionInput> = {}) {
  const nowMs = START_MS + hours * HOUR_MS
  return retention({
    backups,
    archive: { ranges: walOf(hours) },
    walSegmentBytes: SEGMENT_BYTES,
    policy: policy(),
    provenAt: instant(nowMs),
    nowMs,
    ...changes,
  })
}

const removed = (...given: Parameters<typeof after>): string[] =>
  after(...given).removeBackups.map((b) => b.id)

/** One base a day. */
const daily = (days: number, change: (day: number) => Partial<Backup> = () => ({})): Backup[] =>
  Array.from({ length: days }, (_, day) => backupAt(day * 24, change(day)))

test('the base from which the oldest moment of the window is restored stays, older ones go', () => {
  const backups = daily(10)
  // Ten days and an hour: the window begins at day 3, 01:00, for which the base of that day is there.
  const { removeBackups, keepWalFrom, sentence } = after(10 * 24 + 1, backups)
  expect(removeBackups).toEqual([backups[2], backups[1], backups[0]])
  expect(keepWalFrom).toEqual({ timeline: 1, startLsn: backups[3]!.startLsn })
  expect(sentence).toBe('keeps 7 base backups, which reach back to 2026-03-05T01:00Z')
})

test('a base that was not whole when the window begins does not serve its first moments', () => {
  const backups = daily(10)
  const beforeItsEnd = 10 * 24 + 0.25
  expect(removed(beforeItsEnd, backups)).toEqual([backups[1]!.id, backups[0]!.id])
})

test('a young lineage keeps everything', () => {
  expect(removed(6 * 24, daily(6))).toEqual([])
})

test('so many bases stay however old they are', () => {
  const backups = [backupAt(0), backupAt(24), backupAt(48)]
  const yearLater = 365 * 24
  expect(removed(yearLater, backups)).toEqual([backups[0]!.id])
  expect(removed(yearLater, backups, { policy: policy({ keepBases: 1 }) })).toHaveLength(2)
  expect(removed(yearLater, backups, { policy: policy({ keepBases: 9 }) })).toEqual([])
})

test('one that has a name stays, with its WAL', () => {
  const backups = daily(20, (day) => (day === 1 ? { name: 'before-sale' } : {}))
  const { removeBackups, keepWalFrom } = after(20 * 24, backups)
  expect(removeBackups).not.toContain(backups[1])
  expect(removeBackups).toContain(backups[2])
  expect(keepWalFrom).toMatchObject({ startLsn: backups[1]!.startLsn })
})

test('a damaged base is not counted on: an older sound one stays in its place', () => {
  const backups = daily(10, (day) => (day === 3 ? { damage: 'a page' } : {}))
  const { removeBackups } = after(10 * 24 + 1, backups)
  expect(removeBackups).toEqual([backups[1], backups[0]])
})

test('a base whose own WAL was lost is not counted on either, but a cold one needs none', () => {
  const backups = daily(10)
  const ranges = walOf(241, new Set([72]))
  expect(removed(241, backups, { archive: { ranges } })).toEqual([backups[1]!.id, backups[0]!.id])
  const cold = daily(10, (day) => (day === 3 ? { cold: true } : {}))
  expect(removed(241, cold, { archive: { ranges } })).toHaveLength(3)
})

test('what is damaged goes with its time, once a sound one reaches as far', () => {
  const backups = daily(20, (day) => (day === 2 ? { damage: 'a page' } : {}))
  expect(removed(20 * 24, backups)).toContain(backups[2]!.id)
})

test('without any sound base nothing goes', () => {
  const backups = daily(20, () => ({ damage: 'a page' }))
  expect(removed(20 * 24, backups)).toEqual([])
  expect(after(20 * 24, backups).sentence).toContain('none of which can be restored')
})

test('the last sound base never goes, however many damaged ones are newer', () => {
  const backups = daily(30, (day) => (day === 0 ? {} : { damage: 'a page' }))
  expect(removed(30 * 24, backups, { policy: policy({ keepBases: 1 }) })).toEqual([])
})

test('a smaller backup keeps what it builds on, and goes before it', () => {
  const kinds = ['full', 'differential', 'incremental', 'incremental'] as const
  const backups = daily(16, (day) => ({ kind: kinds[day % 4]!, engine: 'pgbackrest' }))
  // The window begins with day 9, a differential one of the full one of day 8.
  const { removeBackups } = after(16 * 24 + 1, backups)
  expect(removeBackups).toEqual(backups.slice(0, 8).toReversed())
})

test('a smaller one of a damaged full one is as damaged', () => {
  const backups = daily(12, (day) => ({
    kind: day % 4 === 0 ? 'full' : 'incremental',
    ...(day === 4 ? { damage: 'a page' } : {}),
  }))
  expect(removed(12 * 24 + 1, backups)).toEqual([])
})

test.each<[string, Partial<RetentionInput>, RegExp | undefined]>([
  ['never proven', { provenAt: undefined }, /no restore from it was seen to work yet/],
  ['proven too long ago', { provenAt: instant(START_MS + 17 * DAY_MS) }, /for 3d/],
  ['proven a day ago', { provenAt: instant(START_MS + 19 * DAY_MS) }, undefined],
  ['never proven, but told to', { provenAt: undefined, force: true }, undefined],
  [
    'never proven, because drills are off',
    { provenAt: undefined, policy: policy({ drillEveryMs: 0 }) },
    undefined,
  ],
  ['with an archive that nobody asked', { archive: undefined, force: true }, /is not known/],
])('a lineage that was %s', (_, changes, held) => {
  const kept = after(20 * 24, daily(20), changes)
  if (held) {
    expect(kept).toMatchObject({ removeBackups: [], held: expect.stringMatching(held) as unknown })
    expect(kept.keepWalFrom).toBeUndefined()
  } else {
    expect(kept.held).toBeUndefined()
    expect(kept.removeBackups).not.toEqual([])
  }
})

test('the window of a closed lineage does not move on', () => {
  const closed = { closedAt: instant(START_MS + 8 * DAY_MS) }
  expect(removed(30 * 24, daily(8), closed)).toEqual(removed(8 * 24, daily(8)))
})

/** A history as chance makes it, in hours; WAL of some hours is lost. */
function randomHistory(random: () => number) {
  const hours = 50 + Math.floor(random() * 350)
  const lost = new Set<number>()
  for (let hour = 0; hour < hours; hour++) if (random() < 0.01) lost.add(hour)
  const backups: Backup[] = []
  for (let hour = random() * 30; hour < hours - 2; hour += 1 + random() * 40) {
    const kind = random() < 0.5 ? 'full' : random() < 0.5 ? 'differential' : 'incremental'
    backups.push(
      backupAt(hour, {
        kind: backups.length === 0 ? 'full' : kind,
        ...(random() < 0.15 ? { damage: 'a page' } : {}),
        ...(random() < 0.05 ? { name: `n${hour}` } : {}),
      }),
    )
  }
  const keepMs = (5 + random() * 200) * HOUR_MS
  return {
    hours,
    lost,
    backups,
    policy: policy({ keepMs, keepBases: 1 + Math.floor(random() * 4) }),
  }
}

const hourOf = (at: string): number => (Date.parse(at) - START_MS) / HOUR_MS

/** Whether a moment can be restored, told in another way than by the code: by trying each base, hour by hour. */
function canRestore(
  moment: number,
  backups: readonly Backup[],
  lost: ReadonlySet<number>,
  walFrom = 0n,
): boolean {
  return backups.some((backup, at) => {
    const start = Math.floor(hourOf(backup.startedAt))
    if (!isSound(backups, at) || hourOf(backup.finishedAt) > moment) return false
    if (lsnOf(backup.startLsn) < walFrom) return false
    for (let hour = start; hour <= moment; hour++) if (lost.has(hour)) return false
    return true
  })
}

function isSound(backups: readonly Backup[], at: number): boolean {
  const backup = backups[at]
  if (!backup || backup.damage) return false
  if (backup.kind === 'full') return true
  if (backup.kind === 'incremental') return isSound(backups, at - 1)
  const full = backups.slice(0, at).findLastIndex((b) => b.kind === 'full')
  return isSound(backups, full)
}

test('in random histories every moment of the window that can be restored stays so, over and over', () => {
  let pruned = 0
  let restorable = 0
  for (let seed = 1; seed <= 60; seed++) {
    const { hours, lost, backups: all, policy: asked } = randomHistory(randomFrom(seed))
    let backups: readonly Backup[] = all
    let walFrom = 0n
    for (const now of [hours, hours + 7, hours + 50]) {
      const given = { archive: { ranges: walOf(now, lost) }, policy: asked }
      const { removeBackups, keepWalFrom } = after(now, backups, given)
      const left = backups.filter((b) => !removeBackups.includes(b))
      const nextFrom = keepWalFrom ? lsnOf(keepWalFrom.startLsn) : walFrom
      for (let moment = now - asked.keepMs / HOUR_MS; moment <= now; moment += 0.5) {
        const before = canRestore(moment, backups, lost, walFrom)
        const at = `seed ${seed}, hour ${moment} of ${now}`
        expect(canRestore(moment, left, lost, nextFrom), at).toBe(before)
        if (before) restorable++
      }
      for (const backup of removeBackups) expect(backup.name, `seed ${seed}`).toBeUndefined()
      for (const { startLsn } of left) expect(lsnOf(startLsn)).toBeGreaterThanOrEqual(nextFrom)
      const sound = (list: readonly Backup[]) => list.filter((_, i) => isSound(list, i))
      const least = Math.min(asked.keepBases, sound(backups).length)
      expect(sound(left).length, `seed ${seed}`).toBeGreaterThanOrEqual(Math.min(1, least))
      // Removing twice is removing once.
      expect(after(now, left, given).removeBackups).toEqual([])
      pruned += removeBackups.length
      backups = left
      walFrom = nextFrom
    }
  }
  expect(pruned).toBeGreaterThan(100)
  expect(restorable).toBeGreaterThan(3000)
})

test('in random histories the newest sound bases stay, as many as the policy says', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { hours, backups, policy: asked } = randomHistory(randomFrom(seed))
    const { removeBackups } = after(hours, backups, { policy: asked })
    const sound = backups.filter((_, i) => isSound(backups, i))
    for (const backup of sound.slice(-asked.keepBases)) {
      expect(removeBackups, `seed ${seed}`).not.toContain(backup)
    }
    // What goes before what: nothing that stays or comes later in the list builds on it.
    removeBackups.forEach((backup, i) => {
      const later = removeBackups.slice(i + 1)
      expect(later.every((b) => Date.parse(b.startedAt) < Date.parse(backup.startedAt))).toBe(true)
    })
  }
})

test('the places in the WAL of these histories are those of Postgres', () => {
  expect(backupAt(0).startLsn).toBe('0/1000000')
  expect(lsnAt(255)).toBe(lsnOf('1/0'))
  expect(walOf(3, new Set([1]))).toEqual([
    { timeline: 1, first: '000000010000000000000001', last: '000000010000000000000001' },
    { timeline: 1, first: '000000010000000000000003', last: '000000010000000000000004' },
  ])
})
