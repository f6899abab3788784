import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../../src/contract/plan.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { hasProgram, type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

const psql = hasProgram('psql')
let lab: Lab
beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** The rows of a statement, each an array, as the owner of a project's `db`. */
async function query(project: string, sql: string, database?: string): Promise<unknown[][]> {
  const client = await connectTo(lab, { project, service: 'db' }, database)
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

const instancesOf = (project: string) => lab.api.listInstances({ project })

describe('everything of the image at once', () => {
  const dump = `create table items (id int, label text);
COPY items (id, label) FROM stdin;
1\tone;
2\t\\N
\\.
insert into ran values ('20-items.sql.gz');
`
  let shop: ProjectFolder
  let notes: string

  beforeAll(async () => {
    shop = projectFolder(lab, 'shop', {
      'compose.yaml': `name: shop
services:
  db:
    image: postgres:16-alpine
    x-howdah-postgres: {}
    command: postgres -c max_connections=66 -c fsync=off
    mem_limit: 192m
    shm_size: 64m
    healthcheck: { test: [CMD-SHELL, pg_isready -U owner], interval: 5s, retries: 3 }
    environment:
      POSTGRES_USER: owner
      POSTGRES_PASSWORD_FILE: /run/secrets/password
      POSTGRES_INITDB_ARGS: --encoding=LATIN1 --locale=C
    secrets: [password]
    volumes:
      - ./init:/docker-entrypoint-initdb.d:ro
      - data:/var/lib/postgresql/data
  plain:
    image: postgres:15
    x-howdah-postgres: false
    environment: { POSTGRES_HOST_AUTH_METHOD: trust }
secrets:
  password: { file: ./password.txt }
volumes: { data: {} }
`,
      'password.txt': 'from a file: ü\n',
      'init/10-first.sql': `create table ran (script text, n serial);
insert into ran values ('10-first.sql');
create role reporter;
create database side owner owner;
`,
      'init/20-items.sql.gz': gzipSync(dump),
      'init/30-later.sql': `insert into ran values ('30-later.sql'); create extension hstore;`,
      'init/README.md': 'not run',
      ...(psql
        ? {
            'init/25-shell.sh': `#!/bin/bash
set -e
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<-EOSQL
	insert into ran values ('25-shell.sh');
EOSQL
`,
          }
        : {}),
    })
    const plan = await shop.json<Plan>('plan')
    notes = plan.notes.map(({ message }) => message).join('\n')
    await shop.howdah('up', '--yes')
  })

  test('the password comes from the secret’s file, the database from the user', async () => {
    const { host, user, password, database } = await shop.json<Record<string, string>>(
      'url',
      '--reveal',
    )
    expect({ user, password, database }).toEqual({
      user: 'owner',
      password: 'from a file: ü',
      database: 'owner',
    })
    expect(host).not.toBe('db')
    expect(await query('shop', 'select current_user, current_database()')).toEqual([
      ['owner', 'owner'],
    ])
  })

  test('initdb’s arguments shape the data', async () => {
    const sql = `select pg_encoding_to_char(encoding), datcollate, pg_get_userbyid(datdba)
      from pg_database where datname = current_database()`
    expect(await query('shop', sql)).toEqual([['LATIN1', 'C', 'owner']])
  })

  test('start scripts ran in the order of their names, once', async () => {
    const ran = 'select script from ran order by n'
    const scripts = ['10-first.sql', '20-items.sql.gz', '25-shell.sh', '30-later.sql']
    const expected = scripts.filter((name) => psql || !name.endsWith('.sh')).map((name) => [name])
    expect(await query('shop', ran)).toEqual(expected)
    expect(await query('shop', 'select * from items order by 1')).toEqual([
      [1, 'one;'],
      [2, null],
    ])
    expect(await query('shop', "select rolname from pg_roles where rolname = 'reporter'")).toEqual([
      ['reporter'],
    ])
    expect(await query('shop', 'select current_database()', 'side')).toEqual([['side']])
    expect(
      await query('shop', 'select rolsuper from pg_roles where rolname = current_user'),
    ).toEqual([[false]])
    expect(notes).toContain('README.md is not run')

    await shop.howdah('restart')
    expect((await shop.json<Plan>('plan')).actions).toEqual([])
    expect(await query('shop', ran)).toEqual(expected)
  })

  test('the command’s settings count; one that would lose data is left out and said', async () => {
    const sql = "select current_setting('max_connections'), current_setting('fsync')"
    expect(await query('shop', sql)).toEqual([['66', 'on']])
    expect(notes).toContain('fsync')
    expect(notes).not.toContain('max_connections')
  })

  test('limits are its size, and its volume is explained', async () => {
    const [instance] = await instancesOf('shop')
    expect(instance?.memoryBytes).toBe(192 * 1024 * 1024)
    expect(await query('shop', 'show shared_buffers')).toEqual([['48MB']])
    expect(notes).toMatch(/volume.*pg_dump/)
  })

  test('a service that says false stays with Docker, trust and all', async () => {
    expect((await instancesOf('shop')).map(({ service }) => service)).toEqual(['db'])
  })
})

describe('connections and rights', () => {
  let bank: ProjectFolder
  let url: string

  beforeAll(async () => {
    bank = projectFolder(lab, 'bank', {
      'compose.yaml': `name: bank
services:
  db:
    image: postgres:16
    x-howdah-postgres: { tls: required }
    environment:
      POSTGRES_PASSWORD: "p@ss:w/rd?#%&+ é'\\"$$x"
      POSTGRES_INITDB_ARGS: --locale-provider=icu --icu-locale=sv-SE --encoding UTF8
`,
    })
    await bank.howdah('up', '--yes')
    url = (await bank.json<{ url: string }>('url', '--reveal')).url
  })

  /** What `select` gives over a URL, or the code of the error. */
  async function tryUrl(connectionString: string): Promise<unknown> {
    const client = new Client({ connectionString })
    try {
      await client.connect()
      const { rows } = await client.query<unknown[]>({
        text: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
        rowMode: 'array',
      })
      return rows[0]?.[0]
    } catch (error) {
      return (error as { code?: string }).code
    } finally {
      await client.end()
    }
  }

  test('the URL connects over TLS with the certificate and its name checked', async () => {
    expect(url).toContain('sslmode=verify-full')
    expect(await tryUrl(url)).toBe(true)
  })

  test.skipIf(!psql)('psql connects by the same URL, and by sslmode=require without a CA', () => {
    const ask = (target: string): string =>
      execFileSync('psql', [target, '-Atc', 'select 1'], { encoding: 'utf8' })
    expect(ask(url)).toBe('1\n')
    expect(ask(url.replace(/\?.*/, '?sslmode=require'))).toBe('1\n')
  })

  test('tls: required refuses a client without TLS, and the default takes it on this machine', async () => {
    expect(await tryUrl(url.replace(/\?.*/, '?sslmode=disable'))).toBe('28000')
    const shop = await lab.api.getConnection({ project: 'shop', service: 'db' })
    const { endpoint, user, database, password } = shop
    const plain = `postgres://${user}:${encodeURIComponent(password)}@${endpoint.host}:${endpoint.port}/${database}`
    expect(await tryUrl(`${plain}?sslmode=disable`)).toBe(false)
    expect(await tryUrl(`${plain.replace(user, 'howdah_admin')}?sslmode=disable`)).toBe('28000')
  })

  test('an ICU locale sorts', async () => {
    const sql = "select string_agg(w, '' order by w) from unnest('{z,å,ä,ö,a,B}'::text[]) w"
    expect(await query('bank', sql)).toEqual([['aBzåäö']])
  })

  test.each([
    'create database more',
    "create role helper login password 'x'",
    'create schema private',
    'create extension pgcrypto',
    'create extension citext',
    'create extension "uuid-ossp"',
    "alter role current_user set work_mem = '8MB'",
    'select count(*) from pg_stat_activity',
    'listen anything',
  ])('POSTGRES_USER may: %s', async (sql) => {
    await query('bank', sql)
  })

  test.each([
    "copy (select 1) to program 'cat'",
    "select pg_read_file('postgresql.conf')",
    'alter system set fsync = off',
    'create role boss superuser',
    'grant pg_execute_server_program to current_user',
    "alter role howdah_admin password 'x'",
    'set session authorization howdah_admin',
    'drop role howdah_admin',
    'create extension pageinspect',
  ])('POSTGRES_USER may not: %s', async (sql) => {
    await expect(query('bank', sql)).rejects.toMatchObject({ code: '42501' })
  })
})

test('a start script that fails undoes the creation and shows its line; mended, it all runs anew', async () => {
  const composeFile = `name: broken
services:
  db:
    image: postgres:16
    x-howdah-postgres: true
    environment: { POSTGRES_PASSWORD: x, POSTGRES_INITDB_ARGS: "-E SQL_ASCII --locale=C" }
    volumes: ["./init:/docker-entrypoint-initdb.d"]
`
  const broken = projectFolder(lab, 'broken', {
    'compose.yaml': composeFile,
    'init/1.sql': 'create table once (n int primary key);\ninsert into once values (1);\n',
    'init/2.sql': 'select 1;\n\nselect 2;\ninsert into nowhere\n  values (1);\n',
  })
  const error = await broken.failure('up')
  expect(error.code).toBe('INIT_SCRIPT_FAILED')
  expect(error.message).toContain('init/2.sql:4: ')
  expect(error.message).toContain('relation "nowhere" does not exist')
  expect(await instancesOf('broken')).toEqual([])
  expect(globSync('broken/*/*', { cwd: join(lab.home, 'instances') })).toEqual([])

  broken.write({ 'init/2.sql': 'insert into once values (2);\n' })
  await broken.howdah('up')
  expect(await query('broken', 'select n from once order by 1')).toEqual([[1], [2]])
  expect(await query('broken', 'show server_encoding')).toEqual([['SQL_ASCII']])
})

test('trust is refused with its place, and nothing is made', async () => {
  const open = projectFolder(lab, 'open', {
    'compose.yaml': `name: open
services:
  db:
    image: postgres:16
    x-defang-postgres: true
    environment:
      POSTGRES_HOST_AUTH_METHOD: trust
      POSTGRES_PASSWORD: x
`,
  })
  const error = await open.failure('up')
  expect(error.code).toBe('COMPOSE_INVALID')
  expect(error.message).toMatch(/compose\.yaml:7:\d+: POSTGRES_HOST_AUTH_METHOD: trust is refused/)
  expect(await instancesOf('open')).toEqual([])
})
