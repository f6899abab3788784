import { expect, test } from 'vitest'
import { archivedBeyond } from './beyond-server.ts'

const MIB = 1024 * 1024
const name = (timeline: number, number: number): string =>
  `0000000${timeline}00000000${number.toString(16).toUpperCase().padStart(8, '0')}`
const range = (timeline: number, first: number, last: number, endLsn?: string) => ({
  timeline,
  first: name(timeline, first),
  last: name(timeline, last),
  ...(endLsn ? { endLsn } : {}),
})
const beyond = (ranges: Parameters<typeof archivedBeyond>[0], timeline: number, lsn: string) =>
  archivedBeyond(ranges, { timeline, lsn }, 16 * MIB)

test('a server that has come to the end of its archive, or further, is not behind it', () => {
  expect(beyond([range(1, 1, 3, '0/4000000')], 1, '0/4000028')).toBe(undefined)
  expect(beyond([range(1, 1, 3, '0/4000000')], 1, '0/4000000')).toBe(undefined)
  expect(beyond([], 1, '0/1000000')).toBe(undefined)
})

test('one that is before the last archived record has gone back', () => {
  expect(beyond([range(1, 1, 3, '0/4000000')], 1, '0/3000100')).toBe(name(1, 3))
  expect(beyond([range(1, 1, 1), range(1, 3, 4, '0/5000000')], 1, '0/2000100')).toBe(name(1, 4))
})

test('what another timeline has says nothing of this one', () => {
  expect(beyond([range(1, 1, 9, '0/A000000')], 2, '0/4000028')).toBe(undefined)
})

test('of a segment whose end is not known, its beginning counts', () => {
  expect(beyond([range(1, 1, 3)], 1, '0/3000100')).toBe(undefined)
  expect(beyond([range(1, 1, 3)], 1, '0/2000100')).toBe(name(1, 3))
})
