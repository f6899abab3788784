import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, openLab } from '../support/lab-home.ts'
import { composeFolder, composeText, errorOf } from '../support/lab/compose-folder.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { faultsOf } from '../support/lab/soundness.ts'

const named = { project: 'shop', service: 'db' }
const compose = composeText(['volumes:', '  - ./init:/docker-entrypoint-initdb.d'])

let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** Scripts that fail, each with the file and line that the error must name. */
const failing: readonly (readonly [string, Readonly<Record<string, string | Buffer>>, string])[] = [
  [
    'a statement that the server refuses',
    { '1.sql': 'create table t (n integer);\n\nselect *\nfrom no_such_table;\n' },
    '1.sql:4: ',
  ],
  ['a packed file that is none', { '1.sql': 'select 1;\n', '2.sql.gz': 'no gzip' }, '2.sql.gz:1: '],
  [
    'a shell script that fails',
    { '1.sh': 'echo "too bad" >&2\nexit 3\n' },
    '1.sh ended with status 3: too bad',
  ],
]

test.each(failing)('%s undoes the creation and shows where', async (name, scripts, where) => {
  const init = Object.entries(scripts).map(([file, text]) => [`init/${file}`, text] as const)
  const folder = await composeFolder(lab, name.replaceAll(' ', '-'), {
    'compose.yaml': compose,
    ...Object.fromEntries(init),
  })
  const error = errorOf(await lab.howdah(['--json', 'up', '--yes'], { cwd: folder }))
  expect(error.code).toBe('INIT_SCRIPT_FAILED')
  expect(error.message).toContain(where)
  expect(await lab.api.listInstances({})).toEqual([])
  expect(await faultsOf(lab)).toEqual([])
})

test('start scripts run in their order, once, with COPY data, \\connect, packed files and shell', async () => {
  const folder = await composeFolder(lab, 'good', {
    'compose.yaml': compose,
    'init/1-tables.sql': [
      'create table fruit (name text, price numeric);',
      'copy fruit from stdin;',
      'apple\t1.5',
      'pear; and\t2',
      '\\.',
      "insert into fruit values ('semi;colon', 3);",
      'create database other;',
      '\\connect other',
      'create table elsewhere (n integer);',
      '',
    ].join('\n'),
    'init/2-more.sql.gz': gzipSync("insert into fruit values ('packed', 4);\n"),
    'init/3-shell.sh': [
      'set -e',
      `psql -v ON_ERROR_STOP=1 -c "insert into fruit values ('$POSTGRES_USER@$POSTGRES_DB', 5)"`,
      '',
    ].join('\n'),
    'init/ignored.txt': 'not a script',
  })
  const up = () => lab.howdah(['--json', 'up', '--yes'], { cwd: folder })
  const { status, stdout, stderr } = await up()
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 })
  expect((await up()).status).toBe(0)
  const client = await connectTo(lab, named)
  const { rows } = await client.query('select name from fruit order by price')
  expect(rows.map((row: { name: string }) => row.name)).toEqual([
    'apple',
    'pear; and',
    'semi;colon',
    'packed',
    'app@app',
  ])
  const { rows: rights } = await client.query(
    'select rolsuper from pg_roles where rolname = current_user',
  )
  expect(rights).toEqual([{ rolsuper: false }])
  await client.end()
  const other = await connectTo(lab, named, 'other')
  expect((await other.query('select count(*)::int as n from elsewhere')).rows).toEqual([{ n: 0 }])
  await other.end()
  expect(await faultsOf(lab)).toEqual([])
})
