import { expect, test } from 'vitest'
import { randomValue } from './random-value.ts'

test('a random value is long, goes into a URL as it is, and never comes twice', () => {
  const values = Array.from({ length: 200 }, randomValue)
  for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{30,43}$/)
  expect(new Set(values).size).toBe(values.length)
})
