import { expect, test } from 'vitest'
import { schemaDiff, type SchemaObject } from './schema-diff.ts'

const table: SchemaObject = { kind: 'table', name: 'public.t', definition: 'owner app' }
const column: SchemaObject = {
  kind: 'column',
  name: 'public.t.n',
  definition: 'integer',
  of: 'public.t',
}
const given: SchemaObject = {
  kind: 'grant',
  name: 'public.t to app',
  definition: 'SELECT',
  of: 'public.t',
  byDefault: true,
}
const index: SchemaObject = {
  kind: 'index',
  name: 'public.t_n',
  definition: 'CREATE INDEX t_n ON public.t (n)',
  of: 'public.t',
}

test('what is the same on both sides is no change', () => {
  expect(schemaDiff([table, column], [column, table])).toEqual([])
  expect(schemaDiff([], [])).toEqual([])
})

test('a part that one side lacks, or has in another form, is a change of its own', () => {
  const wider = { ...column, definition: 'bigint' }
  expect(schemaDiff([table, column], [table, wider, index])).toEqual([
    { change: 'changed', kind: 'column', name: 'public.t.n', before: 'integer', after: 'bigint' },
    { change: 'added', kind: 'index', name: 'public.t_n', after: index.definition },
  ])
  expect(schemaDiff([table, index], [table])).toEqual([
    { change: 'removed', kind: 'index', name: 'public.t_n', before: index.definition },
  ])
})

test('a whole table is one change, with its parts in it but what Postgres gives by itself', () => {
  const whole = `owner app\ncolumn n: integer\nindex public.t_n: ${index.definition}`
  const all = [table, column, given, index]
  expect(schemaDiff([], all)).toEqual([
    { change: 'added', kind: 'table', name: 'public.t', after: whole },
  ])
  expect(schemaDiff(all, [])).toEqual([
    { change: 'removed', kind: 'table', name: 'public.t', before: whole },
  ])
})

test('changes are in the order of their names, the same on every machine', () => {
  const objects = ['b', 'a', 'Z', 'ä'].map((name) => ({ ...table, name }))
  expect(schemaDiff([], objects).map((c) => c.name)).toEqual(['Z', 'a', 'b', 'ä'])
})
