import { expect, test } from 'vitest'
import { isHopeless } from './backlog.ts'

const GIB = 1024 ** 3
const policy = { backlogBytes: 4 * GIB }
const stuck = { waitingBytes: 5 * GIB, stuckMs: 60_000, freeBytes: 100 * GIB }

test.each([
  ['more waits than the policy allows, and nothing moves', stuck, true],
  ['it moved a moment ago', { ...stuck, stuckMs: 59_000 }, false],
  ['it is as much as the policy allows', { ...stuck, waitingBytes: 4 * GIB }, false],
  [
    'it is about to fill a small disk',
    { ...stuck, waitingBytes: 2 * GIB, freeBytes: GIB / 2 },
    true,
  ],
  ['a small disk has room yet', { ...stuck, waitingBytes: 2 * GIB, freeBytes: GIB }, false],
  ['nothing waits, on a full disk', { ...stuck, waitingBytes: 0, freeBytes: 0 }, false],
])('%s', (_, backlog, hopeless) => {
  expect(isHopeless(backlog, policy)).toBe(hopeless)
})
