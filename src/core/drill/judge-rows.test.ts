import { expect, test } from 'vitest'
import { type Count, type Counted, judgeRows, judgeTable, needsLaterCount } from './judge-rows.ts'

const orders = { database: 'shop', schema: 'public', name: 'orders', oid: '16400' }
const counted = (before: number, restored: Count, after?: Count): Counted => ({
  ...orders,
  before: { rows: before, settled: before },
  restored,
  after,
})
const rows = (settled: number, added = 0): Count => ({
  kind: 'counted',
  rows: settled + added,
  settled,
})
const gone: Count = { kind: 'gone' }
const unknown: Count = { kind: 'unknown', why: 'was locked' }

test('a table with the rows that were counted is whole, whatever was added to it', () => {
  expect(judgeTable(counted(1000, rows(1000, 12)))).toEqual({
    outcome: 'passed',
    sentence: 'shop.public.orders 1,012 rows',
  })
  expect(needsLaterCount(counted(1000, rows(1000, 12)))).toBe(false)
})

test('rows that went are no loss when the live server let go of as many', () => {
  expect(needsLaterCount(counted(1000, rows(900)))).toBe(true)
  expect(judgeTable(counted(1000, rows(900), rows(900))).outcome).toBe('passed')
  expect(judgeTable(counted(1000, rows(900), rows(850))).outcome).toBe('passed')
})

test('a row that the live server still has and the restored one has not is a loss', () => {
  expect(judgeTable(counted(1000, rows(900, 500), rows(901)))).toEqual({
    outcome: 'failed',
    sentence: 'shop.public.orders lacks at least 1 row',
  })
})

test('rows that had been gone before the count are a fault, too', () => {
  expect(judgeTable(counted(1000, rows(1002)))).toEqual({
    outcome: 'failed',
    sentence: 'shop.public.orders has 2 rows that were not there any more',
  })
})

test('a table that is not there is a fault only where the live server has it', () => {
  expect(judgeTable(counted(3, gone, rows(3)))).toEqual({
    outcome: 'failed',
    sentence: 'shop.public.orders is not there',
  })
  expect(judgeTable(counted(3, gone, gone)).outcome).toBe('skipped')
  expect(judgeTable(counted(3, rows(2), gone)).outcome).toBe('skipped')
})

test('what the live server could not be asked again about is told and is no failure', () => {
  const sentence = 'shop.public.orders changed meanwhile, and the live server did not say how'
  for (const after of [undefined, unknown]) {
    expect(judgeTable(counted(3, rows(2), after))).toEqual({ outcome: 'skipped', sentence })
  }
  expect(judgeTable(counted(3, unknown))).toEqual({
    outcome: 'skipped',
    sentence: 'shop.public.orders was locked',
  })
})

test('a table that the restored server cannot read is a fault', () => {
  const why = 'cannot be read: invalid page in block 3'
  expect(judgeTable(counted(3, { kind: 'unreadable', why }))).toEqual({
    outcome: 'failed',
    sentence: `shop.public.orders ${why}`,
  })
})

test('one table that fails fails the check, which names only the tables that did', () => {
  const items = { ...counted(5, rows(5)), name: 'items' }
  expect(judgeRows([items, counted(3, rows(2), rows(3))], ['shop.public.log has 40 GiB'])).toEqual({
    kind: 'rows',
    outcome: 'failed',
    sentence: 'shop.public.orders lacks at least 1 row. Not compared: shop.public.log has 40 GiB',
  })
  expect(judgeRows([items, counted(3, rows(3))], []).sentence).toBe(
    'the rows that the live server had: shop.public.items 5 rows; shop.public.orders 3 rows',
  )
})

test('without any table that could be compared the check is skipped and says why', () => {
  expect(judgeRows([], [])).toEqual({
    kind: 'rows',
    outcome: 'skipped',
    sentence: 'there is no table yet',
  })
  expect(judgeRows([], ['shop.public.log has 40 GiB']).sentence).toBe('shop.public.log has 40 GiB')
})
