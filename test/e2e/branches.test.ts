import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import type { Instance } from '../../src/contract/instance.ts'
import { NEWER } from '../support/lab/engines.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

const composeFile = `name: shop
services:
  database:
    image: postgres:${NEWER.major}.${NEWER.minor}
    environment: { POSTGRES_PASSWORD: }
    x-howdah-postgres: { memory: 64mb }
  app:
    image: app
    depends_on: [database]
    environment:
      DATABASE_URL: postgres://postgres:\${POSTGRES_PASSWORD}@database:5432/postgres
`

let lab: Lab
let shop: ProjectFolder
beforeAll(async () => {
  lab = await openLab()
  await lab.startDaemon()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': composeFile })
  await shop.howdah('config', 'set', 'POSTGRES_PASSWORD=secret')
  await shop.howdah('up', '--yes')
  await ask(
    'database',
    `create table people (name text);
     insert into people select 'person ' || n from generate_series(1, 100) n;
     create role reader login password 'reader';
     grant select on people to reader;
     alter table people enable row level security;
     alter table people force row level security;
     create policy nobody on people using (false)`,
  )
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

const named = (service: string) => ({ project: 'shop', service })

/** The first column of what a statement gives, at the service's own address with its own password. */
async function ask(service: string, sql: string): Promise<unknown[]> {
  const client = await connectTo(lab, named(service))
  try {
    const given = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    // Of several statements the last counts.
    const { rows } = [given].flat().at(-1) ?? given
    return rows.map((row) => row[0])
  } finally {
    await client.end()
  }
}

/** What row security hides from the owner it cannot hide from its own statistics. */
const seesAll = 'alter table people no force row level security'
const names = `${seesAll}; select count(distinct name)::int from people`

const instance = async (service: string): Promise<Instance> =>
  (await shop.json<Instance[]>('ps')).find((i) => i.service === service)!
const services = async (): Promise<string[]> =>
  (await shop.json<Instance[]>('ps')).map((i) => i.service).toSorted()

async function logsIn(service: string, user: string, password: string): Promise<boolean> {
  const { endpoint } = await lab.api.getConnection(named(service))
  const client = new Client({ ...endpoint, user, password, database: 'postgres' })
  client.on('error', () => undefined) // said by connect
  return client.connect().then(
    async () => {
      await client.end()
      return true
    },
    () => false,
  )
}

const one = async (service: string, sql: string): Promise<unknown> => (await ask(service, sql))[0]

test('a branch has its parent’s rows and its own address and password, and neither sees what the other writes', async () => {
  const { stdout, stderr } = await shop.howdah(
    'branch',
    'create',
    'database',
    'try',
    '--expires',
    '7d',
  )
  expect(stdout).toMatch(/^Branch try of database, as it is now, in /)
  expect(stderr).toContain('cannot log in: reader')
  expect(stderr).toContain('`howdah branch keep try` keeps it')
  const own = await lab.api.getConnection(named('try'))
  expect(own.password).not.toBe('secret')
  expect(own.endpoint).not.toEqual((await lab.api.getConnection(named('database'))).endpoint)
  expect(await logsIn('try', 'postgres', own.password)).toBe(true)
  expect(await logsIn('try', 'postgres', 'secret')).toBe(false)
  expect(await logsIn('try', 'reader', 'reader')).toBe(false)
  expect(await logsIn('database', 'reader', 'reader')).toBe(true)
  await ask('try', 'create table only_there (n int)')
  await ask('database', 'create table only_here (n int)')
  expect(await ask('database', `select to_regclass('only_there')`)).toEqual([null])
  expect(await ask('try', `select to_regclass('only_here')`)).toEqual([null])
  expect((await instance('try')).branch).toMatchObject({ service: 'database', passwords: 'own' })
  expect(await shop.json('plan')).toMatchObject({ actions: [], orphans: [] })
})

test('with the parent’s passwords every role logs in as there', async () => {
  await shop.howdah('branch', 'create', 'database', 'same', '--password', 'parent')
  expect(await logsIn('same', 'postgres', 'secret')).toBe(true)
  expect(await logsIn('same', 'reader', 'reader')).toBe(true)
  await shop.howdah('branch', 'rm', 'same', '--yes')
})

test('a mask reaches every row before anybody can connect, as no superuser, and a seed comes after it', async () => {
  writeFileSync(join(shop.directory, 'mask.sql'), `update people set name = 'masked';`)
  writeFileSync(
    join(shop.directory, 'seed.sql'),
    `insert into people values ('seeded');\nalter role reader password 'other';`,
  )
  const scripts = ['--mask', 'mask.sql', '--seed', 'seed.sql']
  const { stderr } = await shop.howdah('branch', 'create', 'database', 'masked', ...scripts)
  expect(stderr).not.toContain('have no password here')
  expect(await logsIn('masked', 'reader', 'other')).toBe(true)
  expect(await one('masked', names)).toBe(2)
  expect(await one('masked', `select rolbypassrls from pg_roles where rolname = 'postgres'`)).toBe(
    false,
  )

  const before = await lab.api.getConnection(named('masked'))
  await ask('masked', 'drop table people')
  await shop.howdah('branch', 'reset', 'masked', '--yes')
  expect(await lab.api.getConnection(named('masked'))).toEqual(before)
  expect(await one('masked', names)).toBe(2)
  expect(await services()).toEqual(['database', 'masked', 'try'])
})

test.each([
  ['select 1;\nselect nothing_at_all;', 'mask.sql:2: column "nothing_at_all" does not exist'],
  [`select pg_read_file('PG_VERSION')`, 'permission denied for function pg_read_file'],
  ['\\! id', 'only psql knows'],
])('a mask that fails leaves no branch: %s', async (text, words) => {
  writeFileSync(join(shop.directory, 'mask.sql'), text)
  const error = await shop.failure('branch', 'create', 'database', 'half', '--mask', 'mask.sql')
  expect(error.code).toBe('SCRIPT_FAILED')
  expect(error.message).toContain(words)
  expect(await services()).not.toContain('half')
  expect(await shop.json('lineage', 'ls')).not.toContainEqual(
    expect.objectContaining({ service: 'half' }),
  )
})

test('a cancel ends a mask in its statement, and leaves no branch', async () => {
  const mask = { name: 'mask.sql', text: 'select pg_sleep(600)' }
  const { id } = await lab.api.createBranch({ project: 'shop', of: 'database', name: 'slow', mask })
  const newest = async () => (await lab.api.getOperation({ id })).steps.at(-1)?.name
  await expect.poll(newest, { timeout: 30_000 }).toBe('slow: mask')
  await lab.api.cancelOperation({ id })
  expect((await lab.finished({ id })).state).toBe('cancelled')
  expect(await services()).not.toContain('slow')
})

test('diff shows what a branch’s schema has more and less, and nothing for one that is the same', async () => {
  await shop.howdah('branch', 'create', 'database', 'plain')
  const { stderr } = await shop.howdah('branch', 'diff', 'plain')
  expect(stderr).toContain('The schema of plain is that of database.')
  await ask('plain', 'alter table people add email text not null default $$$$')
  const { status, stdout } = await lab.howdah(['branch', 'diff', 'plain', '--exit-code'], {
    cwd: shop.directory,
  })
  expect(status).toBe(1)
  expect(stdout).toBe(`+ column public.people.email\n    + text not null default ''::text\n`)
})

test('a branch can be renamed while it is used, and kept or given another end', async () => {
  const client = await connectTo(lab, named('plain'))
  await shop.howdah('branch', 'rename', 'plain', 'renamed')
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await client.end()
  expect(await one('renamed', 'select 1')).toBe(1)
  await shop.howdah('branch', 'keep', 'renamed', '--expires', '2d')
  expect((await instance('renamed')).branch?.expiresAt).toBeDefined()
  await shop.howdah('branch', 'keep', 'renamed')
  expect((await instance('renamed')).branch?.expiresAt).toBeUndefined()
})

test('a branch with branches of its own goes only with them, and their parent stays', async () => {
  await shop.howdah('branch', 'create', 'renamed', 'leaf')
  const error = await shop.failure('branch', 'rm', 'renamed', '--yes')
  expect(error.message).toContain('leaf')
  await shop.howdah('branch', 'rm', 'renamed', '--cascade', '--yes')
  expect(await services()).toEqual(['database', 'masked', 'try'])
})

test('a promoted branch has its parent’s name, address and password, and one command swaps back', async () => {
  const before = await lab.api.getConnection(named('database'))
  await shop.howdah('branch', 'promote', 'try', '--yes')
  expect(await lab.api.getConnection(named('database'))).toEqual(before)
  expect(await ask('database', `select to_regclass('only_there')::text`)).toEqual(['only_there'])
  expect((await instance('database')).branch).toBeUndefined()
  const kept = (await services()).find((name) => name.startsWith('database-before-'))!
  expect(await instance(kept)).toMatchObject({ state: 'stopped', heldSince: expect.any(String) })
  // The lineage of the branch at the parent's name is that of the branches' heir.
  expect((await shop.json<object[]>('branch', 'ls')).length).toBe(2)
  await shop.howdah('branch', 'reset', 'masked', '--yes')
  expect(await ask('masked', `select to_regclass('only_there')::text`)).toEqual(['only_there'])

  await shop.howdah('swap', 'database', kept, '--keep-as', 'try', '--yes')
  expect(await ask('database', `select to_regclass('only_here')::text`)).toEqual(['only_here'])
  expect(await services()).toEqual(['database', 'masked', 'try'])
})

test('data that no server starts on does not keep its place: all is as it was, and the old server serves', async () => {
  await shop.howdah('branch', 'create', 'database', 'broken')
  await shop.howdah('stop', 'broken')
  rmSync(join((await instance('broken')).dataDirectory, 'global', 'pg_control'))
  const before = await instance('database')
  const error = await shop.failure('branch', 'promote', 'broken', '--yes')
  expect(error.code).toBe('SERVER_START_FAILED')
  const { id, endpoint, state } = await instance('database')
  expect({ id, endpoint, state }).toEqual({
    id: before.id,
    endpoint: before.endpoint,
    state: 'ready',
  })
  expect(await ask('database', `select to_regclass('only_here')::text`)).toEqual(['only_here'])
  expect(await instance('broken')).toMatchObject({
    state: 'stopped',
    branch: { service: 'database' },
  })
  expect(await services()).toEqual(['broken', 'database', 'masked', 'try'])
  await shop.howdah('branch', 'rm', 'broken', '--yes')
})

test('a parent that is stopped or asleep is branched without being started', async () => {
  for (const verb of ['stop', 'suspend']) {
    await shop.howdah(verb, 'database')
    await shop.howdah('branch', 'create', 'database', `of-${verb}`)
    expect((await instance('database')).pid).toBeUndefined()
    expect(await ask(`of-${verb}`, `select to_regclass('only_here')::text`)).toEqual(['only_here'])
    await shop.howdah('branch', 'rm', `of-${verb}`, '--yes')
  }
  await shop.howdah('start', 'database')
})

test('a branch of a moment has what was there then', async () => {
  await shop.howdah('backup', 'create', 'database')
  await ask('database', 'create table orders as select 1 as n')
  const [moment] = await ask(
    'database',
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  )
  await ask('database', 'drop table orders')
  await shop.howdah('branch', 'create', `database@${String(moment)}`, 'then')
  expect(await ask('then', 'select n from orders')).toEqual([1])
  expect((await instance('then')).branch).toMatchObject({ service: 'database', at: moment })
  await shop.howdah('branch', 'rm', 'then', '--yes')
})

test('run uses the branch of the current Git branch, with its password', async () => {
  const git = join(shop.directory, '.git')
  mkdirSync(git)
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/feature/Log-in\n')
  await shop.howdah('branch', 'create', '--git', '--password', 'own')
  const { endpoint, password } = await lab.api.getConnection(named('feature-log-in'))
  const { stdout, stderr } = await shop.howdah('env', 'app', '--reveal', '--json')
  expect(JSON.parse(stdout)).toEqual({
    DATABASE_URL: `postgres://postgres:${encodeURIComponent(password)}@${endpoint.host}:${endpoint.port}/postgres`,
  })
  expect(stderr).toContain('the branch of database for the Git branch feature/Log-in')
  const other = await shop.howdah('env', 'app', '--reveal', '--json', '--no-git-branch')
  expect(other.stdout).toContain('postgres:secret@')
})

test('compose cannot take over a name that a branch has', async () => {
  const taking = projectFolder(lab, 'taking', {
    'compose.yaml': composeFile
      .replaceAll('database:', 'masked:')
      .replace('[database]', '[masked]'),
  })
  const error = await taking.failure('up', '--yes')
  expect(error.code).toBe('CHANGE_REFUSED')
  expect(error.message).toContain('“masked” is a branch of “database”')
})
