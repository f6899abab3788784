import { expect, test } from 'vitest'
import { describeSpan } from './describe-span.ts'

test.each([
  [7 * 86_400_000, '7d'],
  [36 * 3_600_000, '1d12h'],
  [300_000, '5m'],
  [90_000, '1m30s'],
  [86_400_001, '1d1ms'],
  [0, '0s'],
])('%d ms are %s', (spanMs, text) => {
  expect(describeSpan(spanMs)).toBe(text)
})
