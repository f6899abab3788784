import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { findAccount } from '../../src/system/account.ts'
import { freePort } from '../../src/system/ports.ts'
import { connect } from '../../src/system/tools/postgres.ts'
import { engineOf, NEWER } from '../support/lab/engines.ts'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

const composeFile = `name: shop
services:
  database:
    image: postgres:${NEWER.major}.${NEWER.minor}
    environment: { POSTGRES_USER: app, POSTGRES_PASSWORD: secret }
    command: [-c, max_connections=33]
    x-howdah-postgres: { memory: 64mb }
`

let lab: Lab
let shop: ProjectFolder
let bin = ''
beforeAll(async () => {
  bin = (await engineOf(NEWER)).binDirectory
  lab = await openLab()
  await lab.startDaemon()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': composeFile })
  await shop.howdah('up', '--yes')
  await shop.howdah(
    'psql',
    '--builtin',
    '-c',
    'create table kept as select generate_series(1, 5000) as n',
  )
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

/** As root, exports go to an account that is neither root nor the one of our servers. */
const owner = process.geteuid?.() === 0 ? findAccount('nobody') : undefined

/** Starts a data directory with nothing but stock Postgres, as its owner, for as long as the test runs. */
async function startStock(directory: string): Promise<{ port: number }> {
  const port = await freePort('127.0.0.1')
  const pgCtl = (...args: string[]) =>
    execFileSync(join(bin, 'pg_ctl'), ['-D', directory, ...args], {
      cwd: '/',
      stdio: 'ignore',
      env: { PATH: process.env['PATH'] },
      ...(owner ? { uid: owner.uid, gid: owner.gid } : {}),
    })
  pgCtl('-w', '-l', join(directory, 'server.log'), '-o', `-p ${port}`, 'start')
  onTestFinished(() => void pgCtl('-w', 'stop'))
  return { port }
}

async function askStock(directory: string, port: number, sql: string): Promise<unknown> {
  const session = await connect({
    socketDirectory: directory,
    port,
    user: 'app',
    database: 'app',
    applicationName: 'test',
  })
  try {
    const [row] = await session.query<{ value: unknown }>(sql)
    return row?.value
  } finally {
    await session.close()
  }
}

/** A folder of the lab that the owner can reach. */
function place(name: string): string {
  const parent = join(lab.root, 'exports')
  mkdirSync(parent, { recursive: true })
  chmodSync(parent, 0o755)
  return join(parent, name)
}

const exportTo = (directory: string) =>
  shop.howdah('export', 'database', '--to', directory, ...(owner ? ['--owner', owner.name] : []))

test('a running server’s copy starts with stock Postgres alone, has every row and archives nothing', async () => {
  const directory = place('running')
  const { stdout } = await exportTo(directory)
  expect(stdout).toContain(`Exported shop/database to ${directory}`)
  if (owner) expect(lstatSync(join(directory, 'base')).uid).toBe(owner.uid)
  expect(readFileSync(join(directory, 'README.txt'), 'utf8')).toContain('backup_label')
  expect(existsSync(join(directory, 'backup_label'))).toBe(true)
  const { port } = await startStock(directory)
  const ask = (sql: string) => askStock(directory, port, sql)
  expect(await ask('select count(*)::int as value from kept')).toBe(5000)
  expect(await ask("select current_setting('archive_mode') as value")).toBe('off')
  expect(await ask("select current_setting('ssl') as value")).toBe('off')
  expect(await ask("select current_setting('max_connections') as value")).toBe('33')
  expect(readdirSync(join(lab.root, 'exports')).filter((n) => n.endsWith('.part'))).toEqual([])
})

test('a stopped instance is copied as it lies, without WAL that a start needs not, and stays stopped', async () => {
  // More than one WAL file.
  for (let i = 0; i < 3; i++) {
    await shop.howdah(
      'psql',
      '--builtin',
      '-c',
      'create table w as select repeat(md5(random()::text), 30) from generate_series(1, 20000)',
    )
    await shop.howdah('psql', '--builtin', '-c', 'drop table w')
  }
  await shop.howdah('stop')
  const directory = place('stopped')
  await exportTo(directory)
  const [instance] = await shop.json<{ state: string }[]>('ps')
  expect(instance?.state).toBe('stopped')
  const wal = readdirSync(join(directory, 'pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name))
  expect(wal).toHaveLength(1)
  const { port } = await startStock(directory)
  expect(await askStock(directory, port, 'select count(*)::int as value from kept')).toBe(5000)
  await shop.howdah('start')
})

test('a folder that is there, or whose parent is not, is refused and left alone', async () => {
  const directory = place('there')
  mkdirSync(directory)
  expect((await shop.failure('export', '--to', directory)).code).toBe('USAGE')
  expect(readdirSync(directory)).toEqual([])
  const orphan = join(lab.root, 'nowhere', 'copy')
  expect((await shop.failure('export', '--to', orphan)).code).toBe('USAGE')
  expect(existsSync(join(lab.root, 'nowhere'))).toBe(false)
})
