import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Instance } from '../../src/contract/instance.ts'
import type { BackupHistory, LineageStatus } from '../../src/contract/lineage-status.ts'
import type { RestorePlan } from '../../src/contract/restore.ts'
import { NEWER } from '../support/lab/engines.ts'
import { firstColumn } from '../support/lab/first-column.ts'
import { type ProjectFolder, projectFolder } from '../support/lab/project-folder.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

const composeFile = `name: shop
services:
  database:
    image: postgres:${NEWER.major}.${NEWER.minor}
    environment: { POSTGRES_PASSWORD: secret }
    x-howdah-postgres: { memory: 64mb }
`

let lab: Lab
let shop: ProjectFolder
beforeAll(async () => {
  lab = await openLab()
  await lab.startDaemon()
  shop = projectFolder(lab, 'shop', { 'compose.yaml': composeFile })
  await shop.howdah('up', '--yes')
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

const ask = (service: string, sql: string, home: Lab = lab) => firstColumn(home, service, sql)

/** The server's own clock, to the microsecond. */
const clock = `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
const exists = `select to_regclass('orders') is not null`

const instanceOf = async (service: string): Promise<Instance> =>
  (await shop.json<Instance[]>('ps')).find((i) => i.service === service)!

test('before the first base backup a restore says so, and a backup makes it possible', async () => {
  const early = await shop.failure('restore', 'database', '--to', 'latest', '--as', 'x')
  expect(early.code).toBe('BACKUP_NEEDED')
  const { stdout } = await shop.howdah('backup', 'create', '--name', 'first')
  expect(stdout).toMatch(/^Backup \d{8}-\d{6}-\w+ of shop\/database: \d/)
  const look = async () => (await shop.json<BackupHistory[]>('backup', 'ls'))[0]
  const history = await look()
  expect(history?.backups).toHaveLength(1)
  expect(history?.lineage).toMatchObject({ state: 'open', writtenBy: 'database', backups: 1 })
  const window = async () => (await look())?.lineage.window.earliest
  await expect.poll(window, { timeout: 30_000 }).toBe(history?.backups[0]?.finishedAt)
  expect((await instanceOf('database')).recovery).toMatchObject({ backups: 1 })
  expect((await shop.howdah('backup', 'verify')).stdout).toContain('As they were written')
})

test('a dropped table comes back beside the instance and in its place', async () => {
  await ask('database', 'create table orders as select generate_series(1, 1000) as n')
  const before = await instanceOf('database')
  const [moment] = await ask('database', clock)
  await ask('database', 'drop table orders')
  await ask('database', 'create table newer (n int)')

  const dry = await shop.json<RestorePlan>(
    'restore',
    'database',
    '--to',
    String(moment),
    '--dry-run',
  )
  expect(dry.backup.name).toBe('first')
  await shop.howdah('restore', 'database', '--to', String(moment), '--as', 'rescued')
  expect(await ask('rescued', 'select count(*)::int from orders')).toEqual([1000])
  expect(await ask('database', exists)).toEqual([false])

  const { stdout, stderr } = await shop.howdah(
    'restore',
    'database',
    '--to',
    String(moment),
    '--in-place',
    '--yes',
  )
  expect(await ask('database', 'select count(*)::int from orders')).toEqual([1000])
  expect(await ask('database', `select to_regclass('newer') is null`)).toEqual([true])
  const after = await instanceOf('database')
  expect(after.endpoint).toEqual(before.endpoint)
  expect(after.id).not.toBe(before.id)
  const [, held = ''] = /is kept, stopped, as (\S+)\./.exec(stdout) ?? []
  expect(held).toMatch(/^database-before-\d{8}-\d{6}$/)
  expect(stderr).toContain(`howdah -p shop swap database ${held}`)
  expect((await instanceOf(held)).state).toBe('stopped')
})

test('one command puts back what a restore in place has replaced', async () => {
  const held = (await shop.json<Instance[]>('ps')).find((i) =>
    i.service.includes('-before-'),
  )!.service
  await shop.howdah('swap', 'database', held, '--yes')
  expect(await ask('database', exists)).toEqual([false])
  expect(await ask('database', 'select count(*)::int from newer')).toEqual([0])
})

test('what was committed this moment is in a restore to latest, and in one to the present time', async () => {
  await shop.howdah('backup', 'create', 'database')
  await ask('database', 'create table latest as select 1 as n')
  await shop.howdah('restore', 'database', '--to', 'latest', '--as', 'newest')
  expect(await ask('newest', 'select n from latest')).toEqual([1])
  const [moment] = await ask('database', clock)
  await shop.howdah('restore', 'database', '--to', String(moment), '--as', 'present')
  expect(await ask('present', 'select n from latest')).toEqual([1])
})

test('a moment outside the window is refused with the window, and nothing is made', async () => {
  for (const moment of ['2001-01-01 00:00', '2101-01-01 00:00']) {
    const refused = await shop.failure('restore', 'database', '--to', moment, '--as', 'never')
    expect(refused).toMatchObject({ status: 64, code: 'TARGET_OUTSIDE_WINDOW' })
    expect(refused.message).toMatch(/can be restored goes from .* to /)
  }
  expect(await instanceOf('never')).toBeUndefined()
})

test('a removed instance comes back with its data, name and password, and so does one on another machine', async () => {
  await shop.howdah('backup', 'create', 'database')
  await ask('database', 'create table precious as select generate_series(1, 100) as n')
  const [open] = (await shop.json<LineageStatus[]>('lineage', 'ls')).filter(
    (l) => l.writtenBy === 'database',
  )
  const { stdout } = await shop.howdah('down', 'database', '--yes', '--no-snapshot')
  expect(stdout).toContain('Kept the backups of database for 30 d')
  const gone = (await shop.json<LineageStatus[]>('lineage', 'ls')).find((l) => l.id === open?.id)
  expect(gone?.state).toBe('closed')
  const lineage = gone?.id ?? ''
  await shop.howdah('undelete', 'database', '--lineage', lineage)
  expect(await ask('database', 'select count(*)::int from precious')).toEqual([100])
  const writes = await shop.failure('lineage', 'rm', (await lineageWritten('database')).id, '--yes')
  expect(writes.code).toBe('CHANGE_REFUSED')

  await using other = await openLab()
  const repository = join(other.root, 'old-disk')
  // The other machine has the repository and the key, and nothing else: not even the owners and modes of the files.
  cpSync(join(lab.home, 'lineages'), repository, { recursive: true })
  mkdirSync(join(other.home, 'keys'), { mode: 0o700 })
  cpSync(join(lab.home, 'keys', 'config.key'), join(other.home, 'keys', 'config.key'))
  await other.startDaemon()
  const there = projectFolder(other, 'shop', {}, ['-p', 'shop'])
  await there.howdah('lineage', 'import', repository)
  await there.howdah('undelete', 'database', '--lineage', lineage)
  expect(await ask('database', 'select count(*)::int from precious', other)).toEqual([100])
  rmSync(repository, { recursive: true })
})

async function lineageWritten(service: string): Promise<LineageStatus> {
  const all = await shop.json<LineageStatus[]>('lineage', 'ls')
  return all.find((l) => l.writtenBy === service)!
}
