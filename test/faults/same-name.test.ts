import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import type { LineageStatus } from '../../src/contract/lineage-status.ts'
import { readSegment } from '../../src/core/wal/read-segment.ts'
import { unpackWal } from '../../src/backups/copy/packed-wal.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { archived } from '../support/lab/admin.ts'
import { composeText } from '../support/lab/compose-folder.ts'
import { connectTo } from '../support/lab/ledger.ts'
import { projectFolder, type ProjectFolder } from '../support/lab/project-folder.ts'
import { faultsOf } from '../support/lab/soundness.ts'

async function asked(lab: Lab, service: string, ...statements: string[]): Promise<unknown[]> {
  const client = await connectTo(lab, { project: 'shop', service })
  try {
    let rows: unknown[] = []
    for (const text of statements) rows = (await client.query(text)).rows
    return rows
  } finally {
    await client.end()
  }
}

const whose = 'select name from owner'

/** An instance `db` with rows of its own and a backup, which is gone again when `down` is. */
async function live(lab: Lab, shop: ProjectFolder, name: string): Promise<void> {
  await shop.howdah('up', '--yes')
  await asked(lab, 'db', `create table owner as select '${name}' as name`)
  await shop.howdah('backup', 'create')
  await asked(lab, 'db', `create table after_backup as select '${name}' as name`)
}

test('instances that had one name one after the other keep histories of their own, and none is brought back by the name alone', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const shop = projectFolder(lab, 'shop', { 'compose.yaml': composeText() })
  for (const name of ['first', 'second']) {
    await live(lab, shop, name)
    await shop.howdah('down', 'db', '--yes', '--no-snapshot')
  }
  await live(lab, shop, 'third')
  const lineages = await shop.json<LineageStatus[]>('lineage', 'ls')
  const closed = lineages
    .filter((l) => l.state === 'closed')
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
  const [first, second] = closed
  expect(closed).toHaveLength(2)
  expect(lineages).toHaveLength(3)
  expect(lineages.map((l) => l.service)).toEqual(['db', 'db', 'db'])
  expect(new Set(lineages.map((l) => l.systemIdentifier)).size).toBe(3)

  const ambiguous = await shop.failure('undelete', 'db')
  expect(ambiguous).toMatchObject({ code: 'LINEAGE_AMBIGUOUS', status: 64 })
  for (const { id } of closed) expect(ambiguous.message).toContain(id)
  const taken = await shop.failure('undelete', 'db', '--lineage', first?.id ?? '')
  expect(taken.code).toBe('INSTANCE_EXISTS')

  await shop.howdah('undelete', 'db', '--lineage', first?.id ?? '', '--as', 'one')
  await shop.howdah('undelete', 'db', '--lineage', second?.id ?? '', '--as', 'two')
  await shop.howdah('restore', 'db', '--to', 'latest', '--as', 'three')
  for (const [service, name] of [
    ['one', 'first'],
    ['two', 'second'],
    ['three', 'third'],
    ['db', 'third'],
  ] as const) {
    expect(await asked(lab, service, whose)).toEqual([{ name }])
    expect(await asked(lab, service, 'select name from after_backup')).toEqual([{ name }])
  }
  for (const { directory, systemIdentifier } of lineages) {
    const folder = join(directory, 'wal', '00000001')
    const segments = archived(folder)
    expect(segments.length).toBeGreaterThan(0)
    for (const name of segments) {
      const { facts } = readSegment(await unpackWal(join(folder, `${name}.zst`)), { crc: false })
      expect(facts?.systemIdentifier).toBe(systemIdentifier)
    }
  }
  expect(await faultsOf(lab)).toEqual([])
})

const DAY_MS = 24 * 60 * 60 * 1000

/** Makes every instant that a file of notes tells so many days older. */
function age(path: string, days: number): void {
  const older = (instant: string): string =>
    new Date(Date.parse(instant) - days * DAY_MS).toISOString()
  const instants = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"/g
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replaceAll(instants, (quoted) => `"${older(quoted.slice(1, -1))}"`),
  )
}

test('a week-old history of a removed instance comes back on a machine that has only its folder and the config key', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const shop = projectFolder(lab, 'shop', { 'compose.yaml': composeText() })
  await live(lab, shop, 'ours')
  await asked(lab, 'db', 'create table orders as select n from generate_series(1, 5000) as n')
  await shop.howdah('down', 'db', '--yes', '--no-snapshot')
  const [gone] = await shop.json<LineageStatus[]>('lineage', 'ls')
  if (!gone) throw new Error('there is no lineage')

  await using other = await openLab()
  const folder = join(other.root, 'from-the-old-disk')
  cpSync(gone.directory, folder, { recursive: true })
  const notes = ['lineage.json', join('wal', 'index.jsonl')]
  for (const base of readdirSync(join(folder, 'bases'))) {
    notes.push(join('bases', base, 'backup.json'))
  }
  for (const note of notes) age(join(folder, note), 7)
  mkdirSync(join(other.home, 'keys'), { mode: 0o700 })
  cpSync(join(lab.home, 'keys', 'config.key'), join(other.home, 'keys', 'config.key'))
  await other.startDaemon()
  const there = projectFolder(other, 'shop', {}, ['-p', 'shop'])
  const { stdout } = await there.howdah('lineage', 'import', folder)
  expect(stdout).toContain(gone.id)
  await there.howdah('undelete', 'db')
  expect(await asked(other, 'db', 'select count(*)::int as n from orders')).toEqual([{ n: 5000 }])
  expect(await asked(other, 'db', whose)).toEqual([{ name: 'ours' }])

  // The password of old, as an application has it: not what the daemon says that it is.
  const { endpoint } = await other.api.getInstance({ project: 'shop', service: 'db' })
  const client = new Client({
    ...endpoint,
    user: 'app',
    database: 'app',
    password: 'secret',
    ssl: { rejectUnauthorized: false },
  })
  await client.connect()
  await client.end()
  // It is an instance like any other now, with a history of its own.
  await there.howdah('backup', 'create', 'db')
  const [mine] = await other.api
    .listBackups({ project: 'shop', service: 'db' })
    .then((all) => all.filter((one) => one.lineage.state === 'open'))
  expect(mine?.lineage.parent).toMatchObject({ lineage: gone.id, how: 'restore' })
  expect(mine?.lineage.directory).toBe(join(other.home, 'lineages', mine?.lineage.id ?? ''))
  expect(await faultsOf(other)).toEqual([])
})
