import { DatabaseError } from 'pg'
import { describe, expect, test } from 'vitest'
import { gapsOf } from './hosts/harness/gaps.ts'
import { type Rule, judge } from './hosts/harness/judge.ts'
import { outcomeOfFailure } from './hosts/harness/outcome.ts'
import type { Entry, FinalState, Insert, Put, Read } from './hosts/harness/records.ts'

const OPENING = 100
const h1 = { server: '10.77.0.11', timeline: 1, lsn: '0/100' }
const h2 = { server: '10.77.0.12', timeline: 2, lsn: '0/200' }

const at = (startMs: number, endMs: number) => ({
  client: 'w0',
  endpoint: 'pooled',
  startMs,
  endMs,
  outcome: 'acked' as const,
})
const insert = (id: string, more: Partial<Insert> = {}): Insert => ({
  kind: 'insert',
  id,
  ...at(0, 1),
  witness: h1,
  ...more,
})
const put = (version: number, more: Partial<Put> = {}): Put => ({
  kind: 'put',
  key: 0,
  version,
  value: `v${version}`,
  ...at(0, 1),
  witness: h1,
  ...more,
})
const read = (version: number, startMs: number, endMs: number, more: Partial<Read> = {}): Read => ({
  kind: 'read',
  isFresh: true,
  ...at(startMs, endMs),
  client: 'r0',
  sum: 2 * OPENING,
  registers: [{ key: 0, version, value: `v${version}` }],
  ...more,
})

/** What holds the entries' acknowledged writes and whatever else is said. */
function ends(entries: readonly Entry[], more: Partial<FinalState> = {}): FinalState {
  const acked = entries.filter(({ outcome }) => outcome === 'acked')
  const versions = acked.flatMap((entry) => (entry.kind === 'put' ? [entry.version] : []))
  const version = Math.max(0, ...versions)
  return {
    ids: acked.flatMap((entry) => (entry.kind === 'insert' ? [entry.id] : [])),
    transfers: [],
    balances: [OPENING, OPENING],
    registers: [{ key: 0, version, value: `v${version}` }],
    ...more,
  }
}

const rulesBroken = (entries: readonly Entry[], final: Partial<FinalState> = {}): Rule[] =>
  judge({ entries, final: ends(entries, final), openingBalance: OPENING }).violations.map(
    ({ rule }) => rule,
  )

test('a history of one server that kept everything breaks no rule', () => {
  const entries = [insert('a'), put(1, at(2, 3)), read(1, 4, 5), insert('b', at(6, 7))]
  expect(rulesBroken(entries)).toEqual([])
})

test('a failover that lost nothing breaks no rule', () => {
  const entries = [
    insert('a'),
    put(1, at(2, 3)),
    insert('b', { ...at(10, 11), witness: h2 }),
    put(2, { ...at(12, 13), witness: h2 }),
    read(2, 14, 15),
  ]
  expect(rulesBroken(entries)).toEqual([])
})

describe('what is there at the end', () => {
  test('an acknowledged row that is missing is lost', () => {
    expect(rulesBroken([insert('a'), insert('b')], { ids: ['b'] })).toEqual(['lost-ack'])
  })

  test('a row of unknown outcome may be there or not', () => {
    const entries = [insert('a', { outcome: 'unknown' }), insert('b', { outcome: 'unknown' })]
    const final = ends(entries, { ids: ['a'] })
    const verdict = judge({ entries, final, openingBalance: OPENING })
    expect(verdict).toMatchObject({ violations: [], recovered: 1, counts: { unknown: 2 } })
  })

  test('a row that was refused may not be there, nor one that nobody tried', () => {
    const entries = [insert('a', { outcome: 'refused' })]
    expect(rulesBroken(entries, { ids: ['a'] })).toEqual(['unexpected-write'])
    expect(rulesBroken(entries, { ids: ['z'] })).toEqual(['unexpected-write'])
  })
})

describe('sums', () => {
  test('a snapshot in which money is missing is broken', () => {
    expect(rulesBroken([read(0, 0, 1, { sum: 199 })])).toEqual(['broken-sum'])
  })

  test('balances at the end are what the transfers make of them', () => {
    const transfers = [{ id: 'a', from: 0, to: 1, amount: 7 }]
    const entries = [insert('a')]
    expect(rulesBroken(entries, { transfers, balances: [93, 107] })).toEqual([])
    expect(rulesBroken(entries, { transfers })).toEqual(['broken-sum', 'broken-sum'])
  })

  test('half a transfer is found in the snapshot and at the end', () => {
    const transfers = [{ id: 'a', from: 0, to: 1, amount: 7 }]
    const entries = [insert('a'), read(0, 2, 3, { sum: 193 })]
    const broken = rulesBroken(entries, { transfers, balances: [93, OPENING] })
    expect(broken).toEqual(['broken-sum', 'broken-sum'])
  })
})

describe('registers', () => {
  test('a read on the primary that is older than an acknowledged put is stale', () => {
    expect(rulesBroken([put(1), read(0, 2, 3)])).toEqual(['stale-read'])
  })

  test('two reads on the primary do not go back in time', () => {
    const entries = [put(1, { ...at(0, 1), outcome: 'unknown' }), read(1, 2, 3), read(0, 4, 5)]
    const final = { registers: [{ key: 0, version: 1, value: 'v1' }] }
    expect(rulesBroken(entries, final)).toEqual(['stale-read'])
  })

  test('a read that overlaps a put may see either, and a replica may lag', () => {
    expect(rulesBroken([put(1, at(0, 5)), read(0, 4, 6)])).toEqual([])
    expect(rulesBroken([put(1), read(0, 2, 3, { isFresh: false })])).toEqual([])
  })

  test('an acknowledged put that the end does not have is stale there', () => {
    const registers = [{ key: 0, version: 0, value: 'v0' }]
    expect(rulesBroken([put(1)], { registers })).toEqual(['stale-read'])
  })

  test('two values for one version are a fork, on a replica too', () => {
    const forked = read(1, 0, 1, {
      isFresh: false,
      registers: [{ key: 0, version: 1, value: 'another' }],
    })
    expect(rulesBroken([put(1), forked])).toEqual(['forked-register'])
  })
})

describe('primaries', () => {
  const elsewhere = { ...h1, server: h2.server }

  test('two servers on one timeline are two primaries', () => {
    const entries = [insert('a'), insert('b', { ...at(5, 6), witness: elsewhere })]
    expect(rulesBroken(entries)).toEqual(['two-primaries'])
  })

  test('an older timeline that acknowledges what began after a newer one had are two primaries', () => {
    const entries = [insert('a', { ...at(5, 6), witness: h2 }), insert('b', at(7, 8))]
    expect(rulesBroken(entries)).toEqual(['two-primaries'])
  })

  test('an answer of the old primary that comes late is none', () => {
    const entries = [insert('a', at(0, 9)), insert('b', { ...at(5, 6), witness: h2 })]
    expect(rulesBroken(entries)).toEqual([])
  })

  test('what the old primary acknowledged behind the fork is not in the newer timeline', () => {
    const behind = { ...h1, lsn: '0/300' }
    const entries = [insert('a', { witness: behind }), insert('b', { ...at(5, 6), witness: h2 })]
    expect(rulesBroken(entries)).toEqual(['two-primaries'])
  })

  test('positions are compared as numbers', () => {
    const entries = [
      insert('a', { witness: { ...h1, lsn: 'F/0' } }),
      insert('b', { ...at(5, 6), witness: { ...h2, lsn: '10/0' } }),
    ]
    expect(rulesBroken(entries)).toEqual([])
  })
})

describe('gaps', () => {
  test('are the longest time between two acknowledgements, of all and of the client that waited longest', () => {
    const entries = [
      insert('a', at(0, 10)),
      insert('b', { ...at(0, 20), client: 'w1' }),
      insert('c', { ...at(20, 90), client: 'w1' }),
      insert('d', { ...at(20, 60), outcome: 'refused' }),
      insert('e', at(30, 100)),
      read(0, 30, 40),
    ]
    expect(gapsOf(entries)).toEqual([
      { endpoint: 'pooled', gapMs: 70, worstClientMs: 90, clients: 2 },
    ])
  })

  test('those that were over before the fault are not counted', () => {
    const entries = [insert('a', at(0, 10)), insert('b', at(0, 90)), insert('c', at(90, 95))]
    expect(gapsOf(entries, 92)[0]?.gapMs).toBe(5)
  })
})

describe('the outcome of a failure', () => {
  const said = (severity: string, code: string): DatabaseError =>
    Object.assign(new DatabaseError('', 0, 'error'), { severity, code })
  const lost = Object.assign(new Error(''), { code: 'ECONNRESET' })

  test('before the commit was sent nothing is committed', () => {
    expect(outcomeOfFailure(lost, 'before-commit')).toBe('refused')
  })

  test.each([
    ['a lost connection', lost, 'unknown'],
    ['an error of the server', said('ERROR', '25006'), 'refused'],
    ['a shutdown', said('FATAL', '57P01'), 'unknown'],
    ['a shutdown that a pooler calls an error', said('ERROR', '57P01'), 'unknown'],
    ['a server that the pooler lost', said('ERROR', '08P01'), 'unknown'],
  ])('after it was sent: %s', (_, error, outcome) => {
    expect(outcomeOfFailure(error, 'commit-sent')).toBe(outcome)
  })
})
