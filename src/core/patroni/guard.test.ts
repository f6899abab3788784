import { expect, test } from 'vitest'
import { type GuardSeen, judgeGuard, renewedAt } from './guard.ts'
import { LEASE } from './lease.ts'

const ttlMs = LEASE.ttlSeconds * 1000
const seen: GuardSeen = {
  isPrimary: true,
  answers: false,
  answeredAtMs: 0,
  renewedAtMs: 0,
  leader: 'unknown',
}
const judge = (changes: Partial<GuardSeen>, nowMs: number) =>
  judgeGuard({ ...seen, ...changes }, LEASE, nowMs)

test('a Patroni that answers guards its server itself, whatever etcd says', () => {
  expect(judge({ answers: true, leader: 'another' }, 10 * ttlMs)).toBe('fine')
})

test('a Patroni that is silent for half a lease is started anew, while the server runs on', () => {
  expect(judge({}, ttlMs / 2 - 1)).toBe('fine')
  expect(judge({}, ttlMs / 2)).toBe('restart')
  // The new one gets as long, and the lease has not become longer by it.
  expect(judge({ answeredAtMs: ttlMs / 2 }, ttlMs / 2 + 2000)).toBe('fine')
})

test('a primary is stopped before its lease is over', () => {
  expect(judge({ answeredAtMs: ttlMs / 2 }, ttlMs - 5001)).toBe('fine')
  expect(judge({ answeredAtMs: ttlMs / 2 }, ttlMs - 5000)).toBe('fence')
  expect(judge({}, ttlMs)).toBe('fence')
})

test('a primary is stopped at once when another has the lease', () => {
  expect(judge({ leader: 'another' }, 1)).toBe('fence')
  expect(judge({ leader: 'this' }, 1)).toBe('fine')
  // Nobody has it for a moment during each failover; who took it is known soon.
  expect(judge({ leader: 'nobody' }, 1)).toBe('fine')
})

test('a replica is never stopped', () => {
  expect(judge({ isPrimary: false, leader: 'another' }, 10 * ttlMs)).toBe('restart')
})

test('a lease counts from etcd’s last answer, whatever the clock was set to', () => {
  expect(renewedAt({ etcdSeenAgoMs: 3000, isFailsafe: false }, LEASE, 100_000)).toBe(97_000)
  expect(renewedAt({ etcdSeenAgoMs: -3_600_000, isFailsafe: false }, LEASE, 100_000)).toBe(100_000)
  expect(renewedAt({ etcdSeenAgoMs: 3_600_000, isFailsafe: false }, LEASE, 100_000)).toBe(80_000)
})

test('in failsafe mode the word of the other members counts, not etcd’s', () => {
  expect(renewedAt({ etcdSeenAgoMs: 60_000, isFailsafe: true }, LEASE, 100_000)).toBe(100_000)
})
