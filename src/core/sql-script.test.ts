import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { splitScript } from './sql-script.ts'

const sqls = (text: string): string[] =>
  splitScript(text).map((step) => (step.kind === 'sql' ? step.sql : step.kind))

test('statements are parted by semicolons and know the line they start on', () => {
  expect(splitScript('-- first\nselect 1;\n\n  select\n 2 ;;\nselect 3')).toEqual([
    { kind: 'sql', sql: 'select 1', line: 2 },
    { kind: 'sql', sql: 'select\n 2', line: 4 },
    { kind: 'sql', sql: 'select 3', line: 6 },
  ])
})

test.each([
  ['a string', "select 'a;b''c;' ; x"],
  ['a string that ends with a backslash', "select 'a\\'; x"],
  ['an escape string', "select E'it\\'s; ''fine''; \\\\' ; x"],
  ['a quoted name', 'select 1 as "a;""b" ; x'],
  ['a dollar quote', 'do $$ begin; end $$; x'],
  ['a tagged dollar quote around another', 'do $a$ ; $$ ; $b$ ; $a$; x'],
  ['a nested comment', 'select /* ; /* ; */ ; */ 1; x'],
  ['a line comment', 'select 1 -- ; here\n; x'],
  ['parentheses', 'create rule r as on insert to t do also (select 1; select 2); x'],
  ['a body', 'create function f() returns int begin atomic select 1; select 2; end; x'],
  [
    'a body with CASE',
    'create or replace procedure p() begin atomic select case when true then 1 end; select 2; end; x',
  ],
])('%s does not end a statement', (_, text) => {
  expect(sqls(text)).toHaveLength(2)
  expect(sqls(text)[1]).toBe('x')
})

test('a dollar inside a name opens no quote, and BEGIN of a transaction opens no body', () => {
  expect(sqls('select a$$b; select $1; begin; end')).toEqual([
    'select a$$b',
    'select $1',
    'begin',
    'end',
  ])
})

test('the rows of COPY go with their statement, semicolons and quotes and all', () => {
  const text = "COPY public.t (a, b) FROM stdin;\n1\tit's; $$\n2\t\\N\n\\.\n\nselect 1;\n"
  expect(splitScript(text)).toEqual([
    {
      kind: 'sql',
      sql: 'COPY public.t (a, b) FROM stdin',
      line: 1,
      copyData: "1\tit's; $$\n2\t\\N\n",
    },
    { kind: 'sql', sql: 'select 1', line: 6 },
  ])
})

test('a COPY without rows is no end of the script', () => {
  expect(splitScript('copy t from stdin;\n\\.\nselect 1')).toMatchObject([
    { copyData: '' },
    { sql: 'select 1', line: 3 },
  ])
})

test('what pg_dump writes for psql is understood', () => {
  const text = [
    '\\restrict aBc',
    "\\connect -reuse-previous=on \"dbname='odd \\'name'\"",
    '\\c app',
    '\\set ON_ERROR_STOP on',
    "\\echo 'it''s' done",
    '\\unrestrict aBc',
  ].join('\n')
  expect(splitScript(text)).toEqual([
    { kind: 'connect', database: "odd 'name", line: 2 },
    { kind: 'connect', database: 'app', line: 3 },
    { kind: 'echo', text: "it's done", line: 5 },
  ])
})

test.each([
  ['select 1;\n\\i other.sql', 2],
  ['select 1\n\\gexec', 2],
  ['\\set tables 3', 1],
  ['\\set ON_ERROR_STOP off', 1],
  ['\\connect app postgres', 1],
  ['\\! rm -r x', 1],
])('what only psql can do is refused with its line: %s', (text, line) => {
  expect(() => splitScript(text)).toThrow(AppError)
  try {
    splitScript(text)
  } catch (error) {
    expect((error as AppError).details).toEqual({ line })
  }
})

test('a quote that never closes reaches the server as it is', () => {
  expect(sqls("select 1; select 'abc; \n")).toEqual(['select 1', "select 'abc;"])
})

test('a large script is split in one pass', () => {
  const text = "insert into t values ('a''b', $$x;y$$);\n".repeat(20_000)
  expect(splitScript(text)).toHaveLength(20_000)
  expect(splitScript(text).at(-1)).toMatchObject({ line: 20_000 })
})
