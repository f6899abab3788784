import { expect, test } from 'vitest'
import { at, backup, holdings, indexed, lsn, segment } from './holdings.suite.ts'
import { lsnOf } from './lsn.ts'
import { ambiguityOf, recoveryWindow } from './recovery-window.ts'

test('the window goes from the end of the oldest backup to what is archived', () => {
  expect(recoveryWindow(holdings([backup(7), backup(3)], [1, 2, 3, 4, 5, 6, 7, 8, 9]))).toEqual({
    earliest: at(3, 20),
    earliestLsn: lsn(3, 0x100),
    latest: at(9, 40),
    latestLsn: lsn(10),
    gaps: [],
    rpoMs: 50 * 60_000 - 40_000,
  })
})

test('before the first backup is whole there is none', () => {
  expect(recoveryWindow(holdings([], [1, 2, 3]))).toEqual({ gaps: [] })
  expect(recoveryWindow({ ...holdings([], []), archive: undefined })).toEqual({ gaps: [] })
})

test('a backup that is damaged, or whose own WAL is not all there, counts for nothing', () => {
  const damaged = backup(2, { damage: 'base/5/1259 is changed' })
  const straddling = backup(3, { stopLsn: lsn(4, 0x100) })
  const { earliest, gaps } = recoveryWindow(
    holdings([damaged, straddling, backup(6)], [1, 2, 3, 5, 6, 7]),
  )
  expect({ earliest, gaps }).toEqual({ earliest: at(6, 20), gaps: [] })
  expect(recoveryWindow(holdings([backup(9)], [6, 7, 8]))).toEqual({ gaps: [] })
})

test('a hole ends at the next backup and is named', () => {
  const window = recoveryWindow(holdings([backup(2), backup(8)], [2, 3, 6, 7, 8, 9]))
  expect(window).toMatchObject({ earliest: at(2, 20), latest: at(9, 40) })
  expect(window.gaps).toEqual([
    {
      from: '2026-11-20T15:03:30.000Z',
      to: at(8, 20),
      sentence: `the WAL segments ${segment(4)} to ${segment(5)} (2) are missing; the next base backup after it is whole`,
    },
  ])
})

test('a hole after the last backup ends the window, however much was archived since', () => {
  const window = recoveryWindow(holdings([backup(2)], [2, 3, 5, 6]))
  expect(window).toMatchObject({ latest: at(3, 30), latestLsn: lsn(4) })
  expect(window.rpoMs).toBe(55 * 60_000 + 30_000)
  expect(window.gaps).toEqual([
    {
      from: at(3, 30),
      sentence: `the WAL segment ${segment(4)} is missing, and no base backup was taken since`,
    },
  ])
})

test('the newest stretch is the one whose WAL is, also when the clock was set back before it', () => {
  const after = backup(5, { startedAt: at(1, 10), finishedAt: at(1, 20) })
  const { latestLsn, earliestLsn } = recoveryWindow(holdings([backup(2), after], [2, 3, 5, 6]))
  expect(earliestLsn).toBe(lsn(2, 0x100))
  expect(latestLsn).toBe(lsn(7))
})

test('of a stretch that says nothing of its commits, the end of its newest backup counts', () => {
  const bare = [2, 3, 4, 6].map((minute) => ({ segment: segment(minute) }))
  const { latest, gaps } = recoveryWindow(holdings([backup(2), backup(3)], bare))
  expect(latest).toBe(at(3, 20))
  expect(gaps).toMatchObject([{ from: at(3, 20) }])
})

test('an idle server is restorable until its archive was last known to be complete', () => {
  const idle = { segment: segment(2) }
  const quiet = holdings([backup(2)], [idle])
  expect(recoveryWindow(quiet)).toMatchObject({ earliest: at(2, 20), latest: at(2, 20) })
  const archive = { ...quiet.archive, ranges: quiet.archive?.ranges ?? [], completeUntil: at(58) }
  expect(recoveryWindow({ ...quiet, archive })).toMatchObject({ latest: at(58), rpoMs: 60_000 })
})

test('the copy of a stopped server needs no WAL', () => {
  const cold = backup(5, { cold: true, startLsn: lsn(5, 0x28), stopLsn: lsn(5, 0x28) })
  const window = recoveryWindow({ ...holdings([cold], []), archive: undefined })
  expect(window).toMatchObject({ earliest: at(5, 20), latest: at(5, 20), latestLsn: lsn(5, 0x28) })
  // It lies where the WAL before it ends, so it makes no gap, and its own WAL goes on later.
  const before = recoveryWindow(holdings([backup(2), cold], [2, 3, 4]))
  expect(before).toMatchObject({ earliest: at(2, 20), latest: at(5, 20), gaps: [] })
  const after = recoveryWindow(holdings([backup(2), cold], [2, 3, 4, 5, 6]))
  expect(after).toMatchObject({ earliest: at(2, 20), latest: at(6, 40), gaps: [] })
})

test('a window goes over to the timeline that branched off', () => {
  const minutes = [2, 3, 4, indexed(4, 2), indexed(5, 2)]
  const branched = holdings([backup(2)], minutes)
  expect(recoveryWindow(branched)).toMatchObject({ latest: at(5, 40), gaps: [] })
  const histories = new Map([[2, [{ timeline: 1, switchLsn: lsnOf(lsn(4, 0x80)) }]]])
  expect(recoveryWindow({ ...branched, histories })).toMatchObject({ latest: at(5, 40), gaps: [] })
})

test('the window names where the clock was set back, and which times are no single moment for it', () => {
  const setBack = { lsn: lsn(6, 0x180), from: at(6, 25), to: at(4, 10) }
  const early = { lsn: lsn(2, 0x10), from: at(2, 5), to: at(1, 10) }
  const of = holdings(
    [backup(3)],
    [2, 3, 4, 5, 6, 7].map((n) =>
      n === 2 || n === 6 ? { ...indexed(n), setBacks: [n === 2 ? early : setBack] } : n,
    ),
  )
  const window = recoveryWindow(of)
  expect(window.setBacks).toEqual([setBack])
  const isAmbiguous = (moment: string) => ambiguityOf({ kind: 'time', at: moment }, window)
  expect(isAmbiguous(at(4, 10))).toEqual(setBack)
  expect(isAmbiguous(at(6, 24))).toEqual(setBack)
  expect([at(4, 9), at(6, 25)].map(isAmbiguous)).toEqual([undefined, undefined])
  expect(ambiguityOf({ kind: 'lsn', lsn: lsn(5) }, window)).toBeUndefined()
})
