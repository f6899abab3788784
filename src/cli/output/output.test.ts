import { expect, test } from 'vitest'
import { bytes } from './bytes.ts'
import { colours, wantsColour } from './colour.ts'
import { ago, duration, parseDuration } from './duration.ts'
import { operation } from '../fixtures.suite.ts'
import { instancesOf } from './operation-line.ts'
import { table } from './table.ts'

test('of what a removal with a final snapshot holds, the instances alone are instances', () => {
  const subjects = ['shop', 'shop/db', 'snapshots/shop-db-final']
  expect(instancesOf(operation({ subjects }))).toEqual(['shop/db'])
})

test.each([
  [0, '0 ms'],
  [340.4, '340 ms'],
  [1_240, '1.2 s'],
  [42_000, '42 s'],
  [125_000, '2 m 5 s'],
  [120_000, '2 m'],
  [11_400_000, '3 h 10 m'],
  [352_800_000, '4 d 2 h'],
])('%d ms reads as %s', (spanMs, text) => {
  expect(duration(spanMs)).toBe(text)
})

test.each([
  [-5000, 'just now'],
  [999, 'just now'],
  [42_900, '42 s ago'],
  [11_400_000, '3 h ago'],
])('what was %d ms before is %s', (spanMs, text) => {
  const nowMs = Date.parse('2026-11-20T15:00:00Z')
  expect(ago(new Date(nowMs - spanMs).toISOString(), nowMs)).toBe(text)
})

test.each([
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h30m', 9_000_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['10', undefined],
  ['ten minutes', undefined],
  ['', undefined],
])('%j as a span is %s ms', (text, spanMs) => {
  expect(parseDuration(text)).toBe(spanMs)
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KiB'],
  [33_554_432, '32 MiB'],
  [5_368_709_120, '5.0 GiB'],
])('%d bytes read as %s', (sizeBytes, text) => {
  expect(bytes(sizeBytes)).toBe(text)
})

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('with %j on a terminal: %s, colour: %s', (env, isTerminal, colour) => {
  expect(wantsColour(env, isTerminal)).toBe(colour)
})

const columns = [
  { title: 'NAME', value: (row: { name: string }) => row.name, shrinks: true },
  {
    title: 'N',
    value: (row: { name: string; n?: string }) => row.n ?? '',
    align: 'right' as const,
  },
]

test('a table aligns by what is seen and leaves no space at the line ends', () => {
  const colour = colours(true)
  const rows = [{ name: colour.good('a'), n: '1' }, { name: 'long', n: '100' }, { name: 'none' }]
  expect(table(columns, rows, { colour: colours(false) })).toBe(
    [`NAME    N`, `${colour.good('a')}       1`, 'long  100', 'none'].join('\n'),
  )
})

test('a narrow terminal cuts the column that may give way; no terminal cuts nothing', () => {
  const rows = [{ name: 'a-very-long-name-indeed', n: '1' }]
  const colour = colours(false)
  expect(table(columns, rows, { width: 14, colour }).split('\n')[1]).toBe('a-very-lon…  1')
  expect(table(columns, rows, { colour })).toContain('a-very-long-name-indeed')
})

test('on a narrow terminal the columns that yield are left out, the lowest number first, before any is cut', () => {
  const row = { name: 'database', version: '16.14', size: '32 MiB' }
  const yielding = [
    { title: 'NAME', value: (r: typeof row) => r.name, shrinks: true },
    { title: 'VERSION', value: (r: typeof row) => r.version, yields: 2 },
    { title: 'SIZE', value: (r: typeof row) => r.size, yields: 1 },
  ]
  const colour = colours(false)
  const header = (width?: number) => table(yielding, [row], { width, colour }).split('\n')[0]
  expect(header()).toBe('NAME      VERSION  SIZE')
  expect(header(25)).toBe('NAME      VERSION  SIZE')
  expect(header(20)).toBe('NAME      VERSION')
  expect(header(10)).toBe('NAME')
})
