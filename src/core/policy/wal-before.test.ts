import { expect, test } from 'vitest'
import { walBefore } from './wal-before.ts'

const MIB = 1024 * 1024
const segment = (timeline: number, number: number): string =>
  [timeline, 0, number].map((part) => part.toString(16).padStart(8, '0')).join('')
const archive = {
  ranges: [
    { timeline: 1, first: segment(1, 1), last: segment(1, 4) },
    { timeline: 2, first: segment(2, 4), last: segment(2, 9) },
  ],
  segments: 10,
  storedBytes: 1000,
}

test('what lies before a backup is counted over all timelines, and the segment that it begins in is not', () => {
  expect(walBefore(archive, { startLsn: '0/6000028' }, 16 * MIB)).toEqual({
    segments: 6,
    bytes: 600,
  })
  expect(walBefore(archive, { startLsn: '0/2000000' }, 16 * MIB)).toEqual({
    segments: 1,
    bytes: 100,
  })
})

test('nothing lies before the first, and an empty archive has nothing', () => {
  const none = { segments: 0, bytes: 0 }
  expect(walBefore(archive, { startLsn: '0/1000028' }, 16 * MIB)).toEqual(none)
  const empty = { ranges: [], segments: 0, storedBytes: 0 }
  expect(walBefore(empty, { startLsn: '0/6000028' }, 16 * MIB)).toEqual(none)
})
