import { expect, test } from 'vitest'
import { roundedLag } from './rounded-lag.ts'

test('a lag is told in powers of two, and a small one is none', () => {
  expect(roundedLag(0)).toBe(0)
  expect(roundedLag(65_535)).toBe(0)
  expect(roundedLag(65_536)).toBe(65_536)
  expect(roundedLag(70_000)).toBe(131_072)
  expect(roundedLag(5 * 1024 ** 3)).toBe(8 * 1024 ** 3)
})
