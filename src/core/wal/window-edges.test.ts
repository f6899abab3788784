import { expect, test } from 'vitest'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import { at, backup, holdings, indexed, lsn, segment } from './holdings.suite.ts'
import { withKnownUntil } from './known-until.ts'
import { formatLsn, lsnOf } from './lsn.ts'
import { planRecovery } from './plan-recovery.ts'
import { instantOf, microsOf } from './postgres-time.ts'
import { recoveryWindow } from './recovery-window.ts'
import type { Holdings } from './stretches.ts'

type Lineage = Holdings & { now: string }

const WAL = [2, 3, 4, 5, 6, 7, 8, 9]
const open = holdings([backup(3), backup(7)], WAL)

/** As its archive was seen last, with another word on how far it is complete. */
const until = (completeUntil: string | undefined, of = open): Lineage => {
  const { completeUntil: _, ...archive } = of.archive!
  return { ...of, archive: { ...archive, ...(completeUntil ? { completeUntil } : {}) } }
}

/** What a restore asks of a repository whose server is gone, after people were shown a window. */
function closed(shown: Lineage): Lineage {
  const now = at(58)
  const seen = {
    ...until(undefined, shown).archive!,
    checkedAt: now,
    ranges: [...shown.archive!.ranges],
  }
  return {
    ...shown,
    archive: withKnownUntil(seen, {
      ...seen,
      ...shown.archive!,
      ranges: seen.ranges,
      checkedAt: at(50),
    }),
    now,
  }
}

const lineages: readonly (readonly [string, Lineage])[] = [
  ['open', open],
  ['open, with a commit that is not archived yet', until(at(9, 31))],
  ['stopped or suspended, where nothing is committed any more', until(at(59))],
  ['closed', closed(until(at(45)))],
  ['closed, and nobody saw more of it than its last commit', until(undefined)],
  [
    'idle since its newest base',
    holdings([backup(3), backup(9)], [2, 3, 4, 5, 6, 7, 8, { segment: segment(9) }]),
  ],
  ['with a gap', holdings([backup(3), backup(7)], [2, 3, 6, 7, 8, 9])],
  ['with two gaps', holdings([backup(2), backup(5), backup(8)], [2, 3, 5, 6, 8, 9])],
  ['with a gap and no base since', holdings([backup(3)], [2, 3, 4, 6, 7])],
  ['whose newest base is damaged', holdings([backup(3), backup(7, { damage: 'x' })], WAL)],
  ['of a stopped server’s copy', holdings([backup(3, { cold: true })], WAL)],
  ['seen by a clock that was set back since', { ...open, now: at(5) }],
]

/** Whether a restore takes a target of this lineage. */
function takes(target: RecoveryTarget, of: Lineage): boolean {
  try {
    planRecovery({ ...of, target, found: { present: false } })
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'TARGET_OUTSIDE_WINDOW') return false
    throw error
  }
}

const time = (instant: string, byMicros = 0): RecoveryTarget => ({
  kind: 'time',
  at: instantOf(microsOf(instant) + byMicros),
})
const place = (text: string, by = 0n): RecoveryTarget => ({
  kind: 'lsn',
  lsn: formatLsn(lsnOf(text) + by),
})

test.each(lineages)(
  'a lineage %s is restored up to both edges of what is shown, and not beyond',
  (_, of) => {
    const {
      earliest = '',
      latest = '',
      earliestLsn = '',
      latestLsn = '',
      gaps,
    } = recoveryWindow(of)
    expect(takes(time(earliest), of)).toBe(true)
    expect(takes(time(earliest, -1), of)).toBe(false)
    expect(takes(time(latest), of)).toBe(true)
    expect(takes(time(latest, 1), of)).toBe(false)
    expect(takes(place(earliestLsn), of)).toBe(true)
    expect(takes(place(earliestLsn, -1n), of)).toBe(false)
    expect(takes(place(latestLsn), of)).toBe(true)
    expect(takes(place(latestLsn, 1n), of)).toBe(false)
    for (const { from, to } of gaps) {
      expect(takes(time(from), of)).toBe(true)
      expect(takes(time(from, 1), of)).toBe(false)
      if (to === undefined) continue
      expect(takes(time(to, -1), of)).toBe(false)
      expect(takes(time(to), of)).toBe(true)
    }
    expect(takes({ kind: 'latest' }, of)).toBe(true)
  },
)

test('what was shown beside a server that is gone is still taken, and not what its archive lost since', () => {
  const shown = until(at(45))
  expect(recoveryWindow(closed(shown)).latest).toBe(at(45))
  const seen = {
    ...until(undefined).archive!,
    ranges: [...open.archive!.ranges],
    checkedAt: at(58),
  }
  const before = { ...seen, completeUntil: at(45), checkedAt: at(50) }
  const lost = holdings([backup(3)], [2, 3, 4, 5, 6, 7, 8]).archive!
  expect(
    withKnownUntil({ ...seen, ranges: [...lost.ranges] }, before).completeUntil,
  ).toBeUndefined()
  const holed = holdings([backup(3)], [2, 3, 6, 7, 8, 9]).archive!
  expect(
    withKnownUntil({ ...seen, ranges: [...holed.ranges] }, before).completeUntil,
  ).toBeUndefined()
  const pruned = holdings([backup(7)], [6, 7, 8, 9, 10]).archive!
  expect(withKnownUntil({ ...seen, ranges: [...pruned.ranges] }, before).completeUntil).toBe(at(45))
})

test('what was seen by a clock that was ahead is not promised by the right one', () => {
  const seen = {
    ...until(undefined).archive!,
    ranges: [...open.archive!.ranges],
    checkedAt: at(20),
  }
  const before = { ...seen, completeUntil: at(45), checkedAt: at(45) }
  expect(withKnownUntil(seen, before).completeUntil).toBeUndefined()
})

test('the edge of an archive that ends inside a segment is where its next record would begin', () => {
  const last = { ...indexed(9), endLsn: lsn(9, 0x400) }
  const of = holdings([backup(3)], [2, 3, 4, 5, 6, 7, 8, last])
  expect(recoveryWindow(of).latestLsn).toBe(lsn(9, 0x400))
})
