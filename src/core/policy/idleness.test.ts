import { expect, test } from 'vitest'
import { idleness, type Use } from './idleness.ts'

const quiet: Use = { pid: 1, inUse: false, visits: 5 }
const since = (...looks: [Use, ...Use[]]): number =>
  looks.reduce<ReturnType<typeof idleness> | undefined>(
    (before, use, i) => idleness(before, use, i * 10),
    undefined,
  )?.sinceMs ?? NaN

test('a server is idle from the first look on for as long as nothing uses it', () => {
  expect(since(quiet, quiet, quiet)).toBe(0)
})

test('a client that is there, one that came and went between two looks, and a new server end it', () => {
  expect(since(quiet, { ...quiet, inUse: true }, quiet)).toBe(10)
  expect(since(quiet, { ...quiet, visits: 6 }, { ...quiet, visits: 6 })).toBe(10)
  expect(since(quiet, { ...quiet, pid: 2 }, { ...quiet, pid: 2 })).toBe(10)
})

test('a count that lags behind is no visit', () => {
  expect(since(quiet, { ...quiet, visits: 4 }, quiet)).toBe(0)
})

test('a server that counts no sessions is idle when nobody is there', () => {
  const uncounted = { ...quiet, visits: undefined }
  expect(since(uncounted, uncounted)).toBe(0)
})
