import { expect, test } from 'vitest'
import { formatAligned } from './aligned.ts'
import { formatCsv } from './csv.ts'
import type { Outcome } from './outcome.ts'
import { outcomesAsJson } from './rows-json.ts'

const int4 = 23
const text = 25
const rows = (columns: Record<string, number>, ...rows: (string | null)[][]): Outcome => ({
  kind: 'rows',
  columns: Object.entries(columns).map(([name, typeOid]) => ({ name, typeOid })),
  rows,
  tag: `SELECT ${rows.length}`,
})

// What psql 15 printed for the same rows; test/e2e/psql.test.ts compares with the psql that is installed.
test('numbers stand on the right, text on the left, NULL is nothing, the last column is not padded', () => {
  const outcome = rows({ a: int4, bcdefgh: text, n: text }, ['1', 'abc', null], ['22', '', 'x'])
  expect(formatAligned(outcome)).toBe(
    [
      ' a  | bcdefgh | n ',
      '----+---------+---',
      '  1 | abc     | ',
      ' 22 |         | x',
      '(2 rows)',
      '',
      '',
    ].join('\n'),
  )
})

test('a value of several lines goes on after a plus', () => {
  const outcome = rows(
    { a: text, b: int4, c: text },
    ['x\ny', '1', '1\n2\n3'],
    ['longer', '22', 'q\n'],
  )
  expect(formatAligned(outcome)).toBe(
    [
      '   a    | b  | c ',
      '--------+----+---',
      ' x     +|  1 | 1+',
      ' y      |    | 2+',
      '        |    | 3',
      ' longer | 22 | q+',
      '        |    | ',
      '(2 rows)',
      '',
      '',
    ].join('\n'),
  )
})

test('wide characters take two columns and combining marks none', () => {
  expect(
    formatAligned(rows({ a: text, b: text }, ['日本', 'e\u0301x'], ['abcde', 'yz'])),
  ).toContain(' 日本  | e\u0301x\n abcde | yz\n')
})

test('a command shows its tag, and one row is “row”', () => {
  expect(formatAligned({ kind: 'command', tag: 'CREATE TABLE' })).toBe('CREATE TABLE\n')
  expect(formatAligned(rows({ a: int4 }, ['1']))).toContain('(1 row)\n\n')
})

test('CSV quotes what needs it', () => {
  expect(formatCsv(rows({ 'a,b': text, c: text }, ['q"q', null], ['l\nm', '\\.']))).toBe(
    '"a,b",c\n"q""q",\n"l\nm","\\."\n',
  )
})

test('JSON has the types of the columns, and keeps what JSON would change as text', () => {
  const columns = { i: 20, big: 20, n: 1700, b: 16, j: 3802, f: 701, t: text }
  const row = ['5', '9007199254740993', '1.50', 't', '{"x":[1]}', 'NaN', null]
  expect(outcomesAsJson([rows(columns, row)])).toEqual([
    { i: 5, big: '9007199254740993', n: '1.50', b: true, j: { x: [1] }, f: 'NaN', t: null },
  ])
})

test('several statements are an array of command and rows, and no column is lost to another of its name', () => {
  const twice: Outcome = {
    kind: 'rows',
    columns: [
      { name: 'a', typeOid: int4 },
      { name: 'a', typeOid: int4 },
    ],
    rows: [['1', '2']],
    tag: 'SELECT 1',
  }
  expect(outcomesAsJson([{ kind: 'command', tag: 'BEGIN' }, twice])).toEqual([
    { command: 'BEGIN', rows: [] },
    { command: 'SELECT 1', rows: [{ a: 1, a_2: 2 }] },
  ])
})
