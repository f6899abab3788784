import { expect, test } from 'vitest'
import { holds, LEASE } from './lease.ts'

test('two tries and a pause fit into our lease', () => {
  expect(holds(LEASE)).toBe(true)
})

test('a lease that Patroni 4 would change by itself is none', () => {
  expect(holds({ ...LEASE, ttlSeconds: 8 })).toBe(false)
  expect(holds({ ...LEASE, retryTimeoutSeconds: 10 })).toBe(false)
  expect(holds({ ...LEASE, retryTimeoutSeconds: 2 })).toBe(false)
})
