import { expect, test } from 'vitest'
import { Attempts } from './attempts.ts'

test('ten wrong tokens are free, each one more costs six seconds, and time gives tries back', () => {
  const attempts = new Attempts()
  const last = Array.from({ length: 10 }, () => attempts.failed('a', 0))
  expect(last).toEqual([...Array.from({ length: 9 }, () => false), true])
  expect(attempts.waitMs('a', 0)).toBe(6000)
  expect(attempts.failed('a', 0)).toBe(false)
  expect(attempts.waitMs('a', 0)).toBe(12_000)
  expect(attempts.waitMs('a', 12_000)).toBe(0)
  expect(attempts.waitMs('b', 0)).toBe(0)
})

test('however many addresses try, only so many are remembered', () => {
  const attempts = new Attempts()
  for (let n = 0; n < 10; n++) attempts.failed('first', 0)
  for (let n = 0; n < 10_000; n++) attempts.failed(`other ${n}`, 0)
  expect(attempts.waitMs('first', 0)).toBe(0)
})
