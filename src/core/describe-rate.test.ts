import { expect, test } from 'vitest'
import { describeCopied, describeRate } from './describe-rate.ts'

test('a rate is bytes in a second, once there is something to say', () => {
  expect(describeRate(300 * 1024 * 1024, 1500)).toBe('200 MiB/s')
  expect(describeRate(300 * 1024 * 1024, 499)).toBeUndefined()
  expect(describeRate(0, 0)).toBeUndefined()
})

test('a copy says how far it is, and how fast it went so far', () => {
  expect(describeCopied(1024 ** 3, 4000)).toBe('1 GiB copied, 256 MiB/s')
  expect(describeCopied(1024, 10)).toBe('1 KiB copied')
})
