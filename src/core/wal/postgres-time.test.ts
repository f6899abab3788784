import { expect, test } from 'vitest'
import { instantOf, laterOf, microsOf, microsOfTimestamp } from './postgres-time.ts'

test('an instant keeps its microseconds', () => {
  for (const instant of ['2026-11-20T14:04:05.123456Z', '1999-12-31T23:59:59.999999Z']) {
    expect(instantOf(microsOf(instant))).toBe(instant)
  }
  expect(instantOf(microsOf('2026-11-20T14:04:05Z'))).toBe('2026-11-20T14:04:05.000000Z')
  expect(instantOf(microsOf('2026-11-20T14:04:05.12Z'))).toBe('2026-11-20T14:04:05.120000Z')
})

test('a timestamp of the WAL counts from the year 2000, and one without sense is none', () => {
  expect(instantOf(microsOfTimestamp(0n) ?? 0)).toBe('2000-01-01T00:00:00.000000Z')
  expect(instantOf(microsOfTimestamp(-1n) ?? 0)).toBe('1999-12-31T23:59:59.999999Z')
  for (const timestamp of [-(2n ** 63n), 2n ** 63n - 1n]) {
    expect(microsOfTimestamp(timestamp)).toBeUndefined()
  }
})

test('the later of two instants does not depend on how exactly they are written', () => {
  expect(laterOf('2026-11-20T14:04:05.12Z', '2026-11-20T14:04:05.119999Z')).toBe(
    '2026-11-20T14:04:05.12Z',
  )
  expect(laterOf('2026-11-20T14:04:05Z', '2026-11-20T14:04:05.000001Z')).toBe(
    '2026-11-20T14:04:05.000001Z',
  )
  expect(laterOf(undefined, '2026-11-20T14:04:05Z')).toBe('2026-11-20T14:04:05Z')
  expect(laterOf(undefined, undefined)).toBeUndefined()
})
