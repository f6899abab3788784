import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hasProgram, type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { startCommand } from '../support/started-command.ts'

/** pg_dump's major version, so that it can dump the server; undefined where there is none that will do. */
const dumper = majorOf('pg_dump')
const composeFile = `name: shop
services:
  database:
    image: postgres:${dumper ?? 16}
    environment: { POSTGRES_PASSWORD: "p@ss/w:r d%" }
    x-howdah-postgres: true
`

let lab: Lab
let shop: ProjectFolder

beforeAll(async () => {
  lab = await openLab()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': composeFile })
  await shop.howdah('up', '--yes')
})
afterAll(() => lab?.[Symbol.asyncDispose]())

const psql = (args: readonly string[], input = '') =>
  startCommand(['psql', ...args], { home: lab.home, directory: shop.directory, input })
const builtin = (args: readonly string[], input = '') => psql(['--builtin', ...args], input)

const statements = [
  "select 1 as a, 'abc' as bcdefgh, null as n, '' as e",
  "select E'x\\ny' as a, 1 as b, E'1\\n2\\n3' as c union all select 'longer', 22, E'q\\n'",
  `select 1.5::numeric as "n", 2::int8 as "two words", true as ok, '12.3'::money`,
  `select 'a,b' as x, 'q"q' as "y,z", E'l\\nm', '\\.', E'5'::int as "h\nh"`,
  'select 1 where false',
  'select from generate_series(1, 2)',
  `select '日本語' as "ä", 'é' as b, E'e\\u0301' as c, '😀' as d`,
  "select E'tab\\there' as t, E'cr\\rx' as r, E'\\x01' as c, E'a\\tb\\tc' as q",
  'create temp table t (a int); insert into t values (1), (2); select * from t; drop table t',
  "copy (select 1, 'a' union all select 2, null) to stdout",
  'explain (costs off) select 1',
]

test.skipIf(!hasProgram('psql')).each(['aligned', 'csv'])(
  'without psql, %s output is byte for byte what psql prints',
  async (format) => {
    const flags = ['--no-psqlrc', ...(format === 'csv' ? ['--csv'] : [])]
    const each = statements.flatMap((sql) => ['-c', sql])
    const ours = await builtin(['--format', format, ...each])
    const theirs = await psql(['--', ...flags, ...each])
    expect(theirs.status, theirs.stderr).toBe(0)
    expect(ours.stdout).toBe(theirs.stdout)
  },
)

test('a script with COPY data, functions and \\connect runs from stdin, and the rows are there', async () => {
  const script = `\\restrict key
create table items (id int, label text);
copy items from stdin;
1	it's; $$
2	\\N
\\.
create function double(x int) returns int language sql begin atomic select x * 2; end;
create database other;
\\connect other
create table here (n int);
\\unrestrict key
`
  const { status, stderr } = await builtin([], script)
  expect(status, stderr).toBe(0)
  const rows = await builtin(['--format', 'json', '-c', 'select id, label, double(id) from items'])
  expect(JSON.parse(rows.stdout)).toEqual([
    { id: 1, label: "it's; $$", double: 2 },
    { id: 2, label: null, double: 4 },
  ])
  const other = await builtin(['-d', 'other', '--format', 'csv', '-c', 'table here'])
  expect(other.stdout).toBe('n\n')
})

test('the first error ends a script, with its file, line, place and SQLSTATE', async () => {
  shop.write({
    'bad.sql': 'create table before (a int);\n\nselect *\n  from nope;\nselect 1;\n',
  })
  const { status, stdout, stderr } = await builtin(['-f', 'bad.sql'])
  expect(status).toBe(65)
  expect(stdout).toBe('CREATE TABLE\n')
  expect(stderr).toContain('bad.sql:4: ERROR: relation "nope" does not exist')
  expect(stderr).toMatch(/LINE 4: {3}from nope\n.* {14}\^/)
  expect(stderr).toContain('42P01')
})

test('COPY … FROM stdin takes its rows from our stdin', async () => {
  await builtin(['-c', 'create table many (n int, t text)'])
  const rows = Array.from({ length: 200_000 }, (_, n) => `${n}\tsome text\n`).join('')
  const { stdout } = await builtin(['-c', 'copy many from stdin'], rows)
  expect(stdout).toBe('COPY 200000\n')
  const bad = await builtin(['-c', 'copy many from stdin'], 'x\n')
  expect(bad.status).toBe(65)
  expect(bad.stderr).toContain('COPY many, line 1, column n: "x"')
})

test.skipIf(!hasProgram('psql'))(
  'psql’s own exit status and its own arguments pass through',
  async () => {
    const failed = await psql(['-c', 'selec'])
    expect(failed.status).toBe(1)
    const { stdout } = await shop.howdah('psql', '--', '-At', '-c', 'select ssl from pg_stat_ssl')
    expect(stdout).toContain('t\n')
  },
)

test.skipIf(!dumper)('a dump of pg_dump goes in without psql', async () => {
  const make =
    "create table dumped (j jsonb, t text[]); insert into dumped values ('{\"a\": 1}', '{x,y}')"
  await builtin(['-c', make])
  const dump = await shop.howdah('run', 'database', '--', 'pg_dump', '-t', 'dumped')
  expect(dump.stdout).toContain('COPY')
  shop.write({ 'dump.sql': dump.stdout.replaceAll('dumped', 'restored') })
  const { status, stderr } = await builtin(['-f', join(shop.directory, 'dump.sql')])
  expect(status, stderr).toBe(0)
  const rows = await builtin(['--format', 'json', '-c', 'table restored'])
  expect(JSON.parse(rows.stdout)).toEqual([{ j: { a: 1 }, t: '{x,y}' }])
})

function majorOf(program: string): number | undefined {
  if (!hasProgram(program)) return undefined
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' })
  const major = Number(/\) (\d+)/.exec(said)?.[1])
  return major >= 14 ? major : undefined
}
