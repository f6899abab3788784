import { expect, test } from 'vitest'
import { backlogBound, isFilling } from './backlog.ts'

const GIB = 1024 ** 3
const policy = { backlogBytes: 4 * GIB }

test.each([
  ['there is room for all that the policy allows', 5, 100, 4],
  ['nothing waits, and there is room', 0, 100, 4],
  ['a small disk is not filled up', 2, 1, 2.25],
  ['a full disk allows nothing', 0, 0, 0],
])('%s', (_, waiting, free, bound) => {
  const backlog = { waitingBytes: waiting * GIB, freeBytes: free * GIB }
  expect(backlogBound(backlog, policy)).toBe(bound * GIB)
})

test('that it fills up is told from the half on, and over when a quarter waits', () => {
  expect(isFilling(2 * GIB, 4 * GIB, false)).toBe(false)
  expect(isFilling(2 * GIB + 1, 4 * GIB, false)).toBe(true)
  expect(isFilling(1 * GIB + 1, 4 * GIB, true)).toBe(true)
  expect(isFilling(1 * GIB, 4 * GIB, true)).toBe(false)
})
