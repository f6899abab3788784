import { expect, test } from 'vitest'
import { COUNT_LIMITS, type SizedTable, tablesToCount } from './tables-to-count.ts'

const GIB = 1024 ** 3
const table = (name: string, bytes: number): SizedTable => ({
  database: 'shop',
  schema: 'public',
  name,
  oid: '1',
  bytes,
})
const names = (tables: readonly SizedTable[]): string[] => tables.map((t) => t.name)

test('the largest tables are counted, as many as the limit allows', () => {
  const found = Array.from({ length: 30 }, (_, at) => table(`t${at}`, at))
  const { chosen, left } = tablesToCount(found)
  expect(names(chosen)).toEqual([
    't29',
    't28',
    't27',
    't26',
    't25',
    't24',
    't23',
    't22',
    't21',
    't20',
  ])
  expect(left).toEqual([])
})

test('a table that is too large is named, and smaller ones are counted in its place', () => {
  const { chosen, left } = tablesToCount([table('small', GIB), table('huge', 12 * GIB)])
  expect(names(chosen)).toEqual(['small'])
  expect(left).toEqual(['shop.public.huge has 12 GiB'])
})

test('all of them together are not more than the limit', () => {
  const found = ['a', 'b', 'c'].map((name) => table(name, 3.5 * GIB))
  const { chosen, left } = tablesToCount(found)
  expect(names(chosen)).toEqual(['a', 'b'])
  expect(chosen.reduce((sum, t) => sum + t.bytes, 0)).toBeLessThanOrEqual(COUNT_LIMITS.bytes)
  expect(left).toEqual(['shop.public.c has 3.5 GiB'])
})
