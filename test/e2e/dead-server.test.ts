import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LineageStatus } from '../../src/contract/lineage-status.ts'
import { NEWER } from '../support/lab/engines.ts'
import { firstColumn } from '../support/lab/first-column.ts'
import { killHard, pidFileOf } from '../support/lab/machine.ts'
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
  await ask('create table t (n integer)')
  await shop.howdah('backup', 'create')
})
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]()
})

const ask = (sql: string) => firstColumn(lab, 'database', sql)

const lineages = (): Promise<LineageStatus[]> => shop.json<LineageStatus[]>('lineage', 'ls')

/** Kills the server, whose data then have a folder too few for any server to start on them. */
async function killForGood(): Promise<void> {
  const instance = join(lab.home, 'instances', 'shop', 'database')
  const [member = ''] = await readdir(instance)
  const data = join(instance, member, 'data')
  await rename(join(data, 'pg_multixact'), join(data, 'gone'))
  killHard(pidFileOf(data))
}

/** A restore of the lineage to both edges of the window that people are shown, and beyond them. */
async function expectEdges(of: LineageStatus): Promise<void> {
  const { earliest = '', latest = '' } = of.window
  const to = (at: string) => ['restore', '--lineage', of.id, '--to', at, '--dry-run']
  const beside = (at: string, byMs: number) => new Date(Date.parse(at) + byMs).toISOString()
  for (const at of [earliest, latest]) await shop.howdah(...to(at))
  const before = await shop.failure(...to(beside(earliest, -2)))
  expect(before.code).toBe('TARGET_OUTSIDE_WINDOW')
  if (of.state === 'open') return // what is archived meanwhile is taken as well
  expect((await shop.failure(...to(beside(latest, 2)))).code).toBe('TARGET_OUTSIDE_WINDOW')
}

const onlyOpen = async (): Promise<LineageStatus> =>
  (await lineages()).find(({ state }) => state === 'open')!

test('the window that is shown is the one that a restore takes: open, suspended, stopped and closed', async () => {
  await expectEdges(await onlyOpen())
  for (const rest of ['suspend', 'stop']) {
    await shop.howdah(rest, 'database')
    await expectEdges(await onlyOpen())
    await shop.howdah('start', 'database')
  }
  const { id } = await onlyOpen()
  await shop.howdah('down', 'database', '--yes', '--no-snapshot')
  const closed = (await lineages()).find((l) => l.id === id)!
  expect(closed.state).toBe('closed')
  await expectEdges(closed)
  await shop.howdah('undelete', 'database')
  await shop.howdah('backup', 'create')
})

test('a server that died for good takes nothing with it: its last commit comes back', async () => {
  const { id } = await onlyOpen()
  await ask('insert into t values (1)')
  await killForGood()
  await shop.howdah('down', 'database', '--yes', '--no-snapshot')
  const closed = (await lineages()).find((l) => l.id === id)!
  await expectEdges(closed)
  await shop.howdah('undelete', 'database', '--lineage', id)
  expect(await ask('select n from t')).toEqual([1])
  await shop.howdah('backup', 'create')
})

test('while no archive takes its last commit the instance stays, until the loss is accepted', async () => {
  const { id, directory } = await onlyOpen()
  await ask('insert into t values (2)')
  await killForGood()
  await rename(directory, `${directory}-away`)
  const down = ['down', 'database', '--yes', '--no-snapshot']
  const refused = await shop.failure(...down)
  expect(refused.code).toBe('WAL_UNARCHIVED')
  expect(refused.message).toMatch(
    /^“database” is not removed: 1 WAL file \(\d+ K?i?B\) is in no archive/,
  )
  expect((await onlyOpen()).id).toBe(id)
  await rename(`${directory}-away`, directory)
  await shop.howdah(...down)
  await shop.howdah('undelete', 'database', '--lineage', id)
  expect(await ask('select n from t order by n')).toEqual([1, 2])
  await shop.howdah('backup', 'create')
  await ask('insert into t values (3)')
  await killForGood()
  const last = await onlyOpen()
  await rename(last.directory, `${last.directory}-away`)
  await shop.howdah(...down, '--accept-loss')
  expect((await shop.howdah('events')).stdout).toMatch(
    /1 WAL file .* is in no archive.* ends before that/,
  )
})
