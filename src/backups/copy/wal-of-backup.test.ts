import { expect, test } from 'vitest'
import { walRanges } from '../../core/wal/ranges.ts'
import { facts } from './facts.suite.ts'
import { walOfBackup } from './wal-of-backup.ts'

const MIB16 = 16 * 1024 * 1024
const name = (timeline: number, number: number): string =>
  `${String(timeline).padStart(8, '0')}00000000${number.toString(16).toUpperCase().padStart(8, '0')}`
const lines = (segments: readonly string[]) =>
  segments.map((segment) => ({ segment, storedBytes: 1, archivedAt: '', facts }))

function wal(present: readonly string[], gone: readonly string[] = [], histories = new Map()) {
  const backup = { timeline: 1, startLsn: '0/3000028', stopLsn: '0/3000100' }
  const ranges = walRanges(
    present.map((segment) => ({ segment })),
    MIB16,
  )
  const stock = { lines: lines(present), gone: lines(gone), ranges, histories }
  return walOfBackup(backup, stock, MIB16).map((one) => (one.present ? one.name : `no ${one.name}`))
}

test('a recovery reads from the backup’s start to the newest segment', () => {
  expect(wal([name(1, 2), name(1, 3), name(1, 4)])).toEqual([name(1, 3), name(1, 4)])
})

test('what is missing in the middle, or was there at the end, is named', () => {
  expect(wal([name(1, 3), name(1, 5)], [name(1, 6)])).toEqual([
    name(1, 3),
    `no ${name(1, 4)}`,
    name(1, 5),
    `no ${name(1, 6)}`,
  ])
})

test('before anything was archived it needs what it has itself', () => {
  expect(wal([])).toEqual([`no ${name(1, 3)}`])
})

test('it goes over to the timeline that branched off', () => {
  const histories = new Map([[2, [{ timeline: 1, switchLsn: 0x5800000n }]]])
  const present = [name(1, 3), name(1, 4), name(1, 5), name(2, 5), name(2, 6)]
  expect(wal(present, [], histories)).toEqual([name(1, 3), name(1, 4), name(2, 5), name(2, 6)])
})
