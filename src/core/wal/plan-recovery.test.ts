import { describe, expect, test } from 'vitest'
import type { Backup } from '../../contract/backup.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import { at, backup, holdings, lsn, segment } from './holdings.suite.ts'
import { lsnOf } from './lsn.ts'
import { type FoundTarget, planRecovery } from './plan-recovery.ts'
import type { Holdings } from './stretches.ts'

type Lineage = Holdings & { now: string }

/** Backups in minutes 3 and 7; WAL from 2 to 9. */
const sound = holdings([backup(3), backup(7)], [2, 3, 4, 5, 6, 7, 8, 9])
/** The same with two segments missing. */
const broken = holdings([backup(3), backup(7)], [2, 3, 6, 7, 8, 9])

/** The minute of the backup, and the settings; nothing is read ahead of a target. */
function planned(target: RecoveryTarget, of: Lineage, found?: FoundTarget) {
  const { backup: chosen, settings } = planRecovery({ ...of, target, found })
  const { recovery_prefetch: ahead, ...others } = settings
  const isTarget = Object.keys(others).some((name) => /^recovery_target(?!_timeline)/.test(name))
  expect(ahead).toBe(isTarget ? 'off' : undefined)
  return { from: Number(chosen.startedAt.slice(14, 16)), ...others }
}

function refusal(target: RecoveryTarget, of: Lineage, found?: FoundTarget): AppError {
  try {
    planRecovery({ ...of, target, found, zone: 'Europe/Oslo' })
  } catch (error) {
    if (error instanceof AppError) return error
  }
  throw new Error('it was planned')
}

const time = (minute: number, second = 0): RecoveryTarget => ({
  kind: 'time',
  at: at(minute, second),
})
const record = (text: string) => ({
  recovery_target_lsn: text,
  recovery_target_inclusive: 'true',
})

describe('a time', () => {
  test.each([
    [3, 20, 3],
    [7, 19, 3],
    [7, 20, 7],
    [9, 29, 7],
  ])('of minute %i, second %i is reached from the backup of minute %i', (minute, second, from) => {
    expect(planned(time(minute, second), sound)).toEqual({
      from,
      recovery_target_time: `2026-11-20 15:0${minute}:${second}.000+00`,
      recovery_target_inclusive: 'true',
    })
  })

  test('with no commit after it ends with the last commit, and takes in nothing that comes meanwhile', () => {
    for (const second of [30, 35, 40]) {
      expect(planned(time(9, second), sound)).toEqual({ from: 7, ...record(lsn(9, 0x200)) })
    }
  })

  test('after which a commit was archived since is a time again', () => {
    expect(planned(time(9, 40), sound, { present: true })).toMatchObject({
      recovery_target_time: '2026-11-20 15:09:40.000+00',
    })
  })

  test('on an idle server ends as soon as the backup is consistent', () => {
    const bare = holdings([backup(7)], [{ segment: segment(7) }])
    const archive = { ranges: bare.archive?.ranges ?? [], completeUntil: at(50) }
    const idle = { present: false, lastCommitAt: at(7, 1) }
    expect(planned(time(40), { ...bare, archive }, idle)).toEqual({
      from: 7,
      recovery_target: 'immediate',
    })
    const lastIsOlder = { present: false, lsn: lsn(6, 0x200), lastCommitAt: at(6, 30) }
    expect(planned(time(40), { ...bare, archive }, lastIsOlder)).toEqual({
      from: 7,
      recovery_target: 'immediate',
    })
  })

  test('of which only an engine that knows no places has word sets no target at the end of the WAL', () => {
    const bare = holdings([backup(7)], [{ segment: segment(7) }])
    const archive = { ranges: bare.archive?.ranges ?? [], completeUntil: at(50) }
    const found = { present: false, lastCommitAt: at(7, 30) }
    expect(planned(time(40), { ...bare, archive }, found)).toEqual({ from: 7 })
  })

  test('before the first backup, in the future or not archived yet is refused with the range, in the zone', () => {
    const early = refusal(time(3, 19), sound)
    expect(early.code).toBe('TARGET_OUTSIDE_WINDOW')
    expect(early.message).toBe(
      '2026-11-20 16:03:19+01:00 is before the first base backup was whole; what can be restored goes from 2026-11-20 16:03:20+01:00 to 2026-11-20 16:09:40+01:00',
    )
    expect(early.details).toMatchObject({ earliest: at(3, 20), latest: at(9, 40), gaps: [] })
    const future = refusal({ kind: 'time', at: '2027-01-01T00:00:00.000000Z' }, sound)
    expect(future.message).toContain('2027-01-01 01:00:00+01:00 is in the future; what can')
    const late = refusal(time(9, 41), sound)
    expect(late.message).toContain('16:09:41+01:00 is later than what is archived; what can')
    expect(late.hint).toContain('`--to latest` brings back 2026-11-20 16:09:40+01:00')
  })

  test('in a gap is refused with what is missing', () => {
    expect(planned(time(3, 29), broken)).toMatchObject({ from: 3 })
    for (const [minute, second] of [
      [3, 31],
      [5, 0],
      [7, 19],
    ] as const) {
      const error = refusal(time(minute, second), broken)
      expect(error.code).toBe('TARGET_OUTSIDE_WINDOW')
      expect(error.message).toContain(
        `is lost: the WAL segments ${segment(4)} to ${segment(5)} (2) are missing`,
      )
    }
    expect(planned(time(7, 20), broken)).toMatchObject({ from: 7 })
  })

  test('does not count on a commit behind a hole', () => {
    const cut = holdings([backup(3)], [3, 4, 6])
    expect(planned(time(4, 30), cut, { present: true })).toMatchObject(record(lsn(4, 0x200)))
  })

  test('just before a hole ends with the last commit', () => {
    expect(planned(time(3, 30), broken)).toEqual({ from: 3, ...record(lsn(3, 0x200)) })
  })

  test('does not tell a server of reading ahead that cannot', () => {
    const old = { ...broken, backups: broken.backups.map((b) => ({ ...b, version: '14.23' })) }
    const { settings } = planRecovery({ ...old, target: time(3, 30) })
    expect(settings).toEqual(record(lsn(3, 0x200)))
  })
})

describe('latest', () => {
  test('is the newest backup and no target at all', () => {
    expect(planned({ kind: 'latest' }, sound)).toEqual({ from: 7 })
    expect(planRecovery({ ...sound, target: { kind: 'latest' } }).until).toEqual({
      at: at(9, 40),
      lsn: lsn(10),
    })
  })

  test('is the last record before a hole that no backup came after', () => {
    const cut = holdings([backup(3)], [3, 4, 6])
    expect(planned({ kind: 'latest' }, cut)).toEqual({ from: 3, ...record(lsn(4, 0x300)) })
  })

  test('is refused before there is a backup', () => {
    expect(refusal({ kind: 'latest' }, holdings([], [3]))).toMatchObject({
      code: 'BACKUP_NEEDED',
      message: 'there is no base backup yet',
    })
    const damaged = holdings([backup(3, { damage: 'x is changed' })], [3])
    expect(refusal({ kind: 'latest' }, damaged)).toMatchObject({ code: 'BACKUP_NEEDED' })
    expect(refusal(time(3, 30), damaged).message).toContain('is damaged: x is changed')
  })
})

describe('a place', () => {
  test('in the WAL is reached from the newest backup before it', () => {
    const to = (text: string) => planned({ kind: 'lsn', lsn: text }, sound)
    expect(to(lsn(3, 0x100))).toEqual({ from: 3, ...record(lsn(3, 0x100)) })
    expect(to(lsn(7, 0xff))).toEqual({ from: 3, ...record(lsn(7, 0xff)) })
    expect(to(lsn(7, 0x100))).toEqual({ from: 7, ...record(lsn(7, 0x100)) })
  })

  test('behind the last record is that record', () => {
    const to = planned({ kind: 'lsn', lsn: lsn(9, 0x400) }, sound)
    expect(to).toEqual({ from: 7, ...record(lsn(9, 0x300)) })
    expect(planned({ kind: 'lsn', lsn: lsn(10) }, sound)).toEqual(to)
  })

  test.each([lsn(3, 0xff), lsn(10, 1), '0/0'])('outside is refused: %s', (text) => {
    const error = refusal({ kind: 'lsn', lsn: text }, sound)
    expect(error.code).toBe('TARGET_OUTSIDE_WINDOW')
    expect(error.details).toMatchObject({ earliestLsn: lsn(3, 0x100), latestLsn: lsn(10) })
  })

  test('in a hole is refused', () => {
    expect(refusal({ kind: 'lsn', lsn: lsn(5) }, broken).code).toBe('TARGET_OUTSIDE_WINDOW')
  })
})

describe('a transaction or a restore point', () => {
  test.each([
    { kind: 'xid', xid: '42' },
    { kind: 'name', name: 'before-migration' },
  ] as const)('is reached by the place that was found: $kind', (target) => {
    const found = { present: true, at: at(6, 5), lsn: lsn(6, 0x150) }
    expect(planned(target, sound, found)).toEqual({ from: 3, ...record(lsn(6, 0x150)) })
    expect(planRecovery({ ...sound, target, found }).until).toEqual({
      at: at(6, 5),
      lsn: lsn(6, 0x150),
    })
  })

  test('is reached by its name from the oldest backup when its place is not known', () => {
    expect(planned({ kind: 'xid', xid: '42' }, sound, { present: true })).toEqual({
      from: 3,
      recovery_target_xid: '42',
      recovery_target_inclusive: 'true',
    })
  })

  test('that is nowhere, or older than any backup, is refused', () => {
    const target = { kind: 'name', name: 'before-migration' } as const
    const none = refusal(target, sound, { present: false })
    expect(none.message).toContain(
      'the restore point “before-migration” is not in what is archived',
    )
    const old = refusal(target, sound, { present: true, lsn: lsn(2, 0x100) })
    expect(old.code).toBe('TARGET_OUTSIDE_WINDOW')
  })
})

describe('a backup', () => {
  const to = (b: Backup): RecoveryTarget => ({ kind: 'backup', id: b.id })

  test('is restored as it was when it was whole', () => {
    expect(planned(to(backup(3)), sound)).toEqual({ from: 3, recovery_target: 'immediate' })
  })

  test('of a stopped server sets a target only when there is WAL to stop in', () => {
    const cold = backup(8, { cold: true, startLsn: lsn(8, 0x28), stopLsn: lsn(8, 0x28) })
    expect(planned(to(cold), holdings([cold], []))).toEqual({ from: 8 })
    expect(planned(to(cold), holdings([backup(3), cold], [3, 4, 5, 6, 7]))).toEqual({ from: 8 })
    expect(planned(to(cold), holdings([cold], [8]))).toEqual({
      from: 8,
      recovery_target: 'immediate',
    })
  })

  test('that is not there, damaged or without its WAL is refused', () => {
    expect(refusal(to(backup(4)), sound).code).toBe('BACKUP_NOT_FOUND')
    const damaged = backup(4, { damage: 'x is changed' })
    expect(refusal(to(damaged), holdings([damaged], [4])).code).toBe('BACKUP_DAMAGED')
    const bare = refusal(to(backup(4)), holdings([backup(4)], [6]))
    expect(bare).toMatchObject({ code: 'TARGET_OUTSIDE_WINDOW' })
    expect(bare.message).toContain('nothing can be restored yet')
  })
})

test('a timeline that Postgres would not find by itself is named', () => {
  // Timeline 3 branched off from 1, and Postgres, which looks for the newest number, would refuse to take 2 there.
  const histories = new Map([
    [2, [{ timeline: 1, switchLsn: lsnOf(lsn(4)) }]],
    [3, [{ timeline: 1, switchLsn: lsnOf(lsn(5)) }]],
  ])
  const segments = [3, 4].map((minute) => ({ segment: segment(minute) }))
  const second = [4, 5, 6].map((minute) => ({ segment: segment(minute, 2) }))
  const third = { segment: segment(5, 3) }
  const onSecond = backup(5, { timeline: 2 })
  const of = { ...holdings([onSecond], [...segments, ...second, third]), histories }
  expect(planned({ kind: 'latest' }, of)).toEqual({ from: 5, recovery_target_timeline: '2' })
  const onFirst = { ...of, backups: [backup(3)] }
  expect(planned({ kind: 'latest' }, onFirst)).toEqual({ from: 3 })
})
