import { expect, test } from 'vitest'
import { walSince } from './wal-since.ts'

const segmentBytes = 16 * 2 ** 20
const first = '0000000100000000000000FE'

test('WAL is counted from the beginning of a segment to the end of the newest that is full', () => {
  const notes = ['0000000100000000000000FE.done', '000000010000000100000000.ready']
  expect(walSince(first, notes, segmentBytes)).toBe(3 * segmentBytes)
})

test('what was archived before, histories and labels of backups do not count', () => {
  const notes = [
    '0000000100000000000000F0.done',
    '00000002.history.done',
    '000000010000000100000003.00000028.backup.done',
  ]
  expect(walSince(first, notes, segmentBytes)).toBe(0)
  expect(walSince(first, [], segmentBytes)).toBe(0)
})
