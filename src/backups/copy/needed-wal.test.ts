import { expect, test } from 'vitest'
import { facts } from './facts.suite.ts'
import { neededSince } from './needed-wal.ts'

const MIB16 = 16 * 1024 * 1024
const name = (timeline: number, number: number): string =>
  `${String(timeline).padStart(8, '0')}00000000${number.toString(16).toUpperCase().padStart(8, '0')}`
const stock = (...segments: string[]) => ({
  lines: segments.map((segment) => ({ segment, storedBytes: 1, archivedAt: '', facts })),
})

test('a restore needs WAL from the segment of the backup’s start on, also of younger timelines', () => {
  const base = { timeline: 2, startLsn: '0/5000028' }
  const isNeeded = neededSince(base, stock(), MIB16)
  const all = [name(1, 9), name(2, 4), name(2, 5), name(2, 6), name(3, 5), name(3, 4)]
  expect(all.filter(isNeeded)).toEqual([name(2, 5), name(2, 6), name(3, 5)])
  expect(isNeeded('00000002.history')).toBe(false)
})

test('before the first backup, what follows the first archived segment is needed', () => {
  const isNeeded = neededSince(undefined, stock(name(2, 5), name(2, 6)), MIB16)
  expect([name(2, 4), name(2, 5), name(2, 6), name(2, 7), name(1, 9)].filter(isNeeded)).toEqual([
    name(2, 6),
    name(2, 7),
  ])
  // The archive counts segments only, so that one would be missing for ever.
  expect(isNeeded(`${name(2, 7)}.00000028.backup`)).toBe(false)
})

test('of an archive that has nothing, nothing is missing', () => {
  expect(neededSince(undefined, stock(), MIB16)(name(1, 1))).toBe(false)
})
