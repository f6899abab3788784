import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLab } from '../support/lab-home.ts'
import { allBut, backedUp, db, done, drilled, outcomes } from '../support/lab/drilled.ts'
import { withHistory, writeAllTheTime } from '../support/lab/history.ts'
import { cutOff, flipBit, forge, takeAway, type Undo } from '../support/lab/plant.ts'
import { faultsOf } from '../support/lab/soundness.ts'

const PAGE_BYTES = 8192

/** What a lineage's first timeline has in the archive. */
async function archivedBy({ directory }: { directory: string }) {
  const folder = join(directory, 'wal', '00000001')
  const segments = (await readdir(folder)).filter((name) => name.endsWith('.zst')).toSorted()
  return { folder, segments }
}

test('a drill under constant writes proves the newest moment, and leaves nothing but its record', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab, { settings: withHistory })
  const writing = await writeAllTheTime(lab, db, 3)
  await client.query('delete from orders where n % 3 = 0')
  const drill = await drilled(lab, lineage.id)
  await client.query('delete from orders where n % 3 = 1')
  await writing.stop()
  expect(drill.failure).toBe(undefined)
  expect(outcomes(drill)).toEqual(allBut())
  expect(drill).toMatchObject({ ...db, outcome: 'passed', backup: backup.id })
  expect(drill.sizeBytes).toBe(backup.sizeBytes)
  expect(drill.walBytes).toBeGreaterThan(0)
  expect(drill.restoreBytesPerSecond).toBeGreaterThan(0)
  expect(drill.replayBytesPerSecond).toBeGreaterThan(0)
  expect(Date.parse(drill.restoredTo ?? '')).toBeGreaterThan(Date.parse(backup.finishedAt))
  const rows = drill.checks.find(({ kind }) => kind === 'rows')?.sentence
  for (const table of ['orders', 'history', 'noise']) expect(rows).toContain(`app.public.${table} `)
  const [{ lineage: now } = { lineage }] = await lab.api.listBackups(db)
  expect(now.provenAt).toBe(drill.finishedAt)
  expect(await faultsOf(lab)).toEqual([])
  await client.end()
})

test('what does not run is drilled to its newest moment: asleep, stopped, and gone', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage } = await backedUp(lab)
  await client.query(`create table last_words as select 'good night' as words`)
  await client.end()
  await done(lab, lab.api.suspendInstances({ project: 'shop', services: ['db'] }))
  const asleep = await drilled(lab, lineage.id)
  expect(asleep.failure).toBe(undefined)
  expect(outcomes(asleep)).toEqual(allBut('marker', 'rows'))
  expect((await lab.api.getInstance(db)).state).toBe('suspended')
  await done(lab, lab.api.stopInstances({ project: 'shop', services: ['db'] }))
  const stopped = await drilled(lab, lineage.id)
  expect(stopped.failure).toBe(undefined)
  expect(outcomes(stopped)).toEqual(allBut('marker', 'rows'))
  await done(lab, lab.api.downProject({ project: 'shop', services: ['db'], finalSnapshot: 'none' }))
  const gone = await drilled(lab, lineage.id)
  expect(gone.failure).toBe(undefined)
  expect(outcomes(gone)).toEqual(allBut('marker', 'rows'))
  expect(await lab.api.listDrills({ ...db })).toHaveLength(3)

  const { folder, segments } = await archivedBy(lineage)
  const last = segments.at(-1) ?? ''
  const undo = await takeAway(join(folder, last), lab.root)
  const cutShort = await drilled(lab, lineage.id)
  expect(cutShort.failure).toContain(last.slice(0, 24))
  await undo()
  expect(await faultsOf(lab)).toEqual([])
})

interface Plant {
  /** Says what the drill must name. */
  readonly named: RegExp
  readonly plant: () => Promise<Undo>
  /** Whether the backup itself is spoilt, and not only the WAL after it. */
  readonly spoils: boolean
}

test('every fault that is planted in a repository is found and named, and a mended one is proven again', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab)
  const base = join(lineage.directory, 'bases', backup.id)
  const fileOf = async (relation: string): Promise<string> => {
    const { rows } = await client.query<{ path: string }>(
      'select pg_relation_filepath($1::regclass) as path',
      [relation],
    )
    return rows[0]?.path ?? ''
  }
  // A base ends a segment: now one lies in the middle, and the server has only newer ones itself.
  for (let round = 0; round < 3; round++) {
    await client.query(`update orders set note = note || '${round}'`)
    await done(lab, lab.api.createBackup(db))
  }
  const { folder, segments } = await archivedBy(lineage)
  const middle = segments.at(-4) ?? ''
  const data = (path: string): string => join(base, 'data', path)
  const heap = await fileOf('orders')
  const index = await fileOf('orders_pkey')
  const catalog = await fileOf('pg_attribute')
  const naming = (path: string): RegExp => RegExp(path.replaceAll('/', '\\/'))
  const flipped = (path: string, offset: number, block?: number): Plant => ({
    named: naming(block === undefined ? path : `block ${block} of ${path}`),
    plant: () => flipBit(data(path), offset),
    spoils: true,
  })
  const plants: Record<string, Plant> = {
    'a bit of a heap page': flipped(heap, 3 * PAGE_BYTES + 4000, 3),
    'a bit of an index page': flipped(index, 2 * PAGE_BYTES + 6000, 2),
    'a bit of a catalog': flipped(catalog, PAGE_BYTES + 5000, 1),
    'a bit of the commit log': flipped('pg_xact/0000', 100),
    'a bit of the control file': flipped('global/pg_control', 60),
    'a bit of the backup label': flipped('backup_label', 20),
    'a file that is missing': {
      named: naming(heap),
      plant: () => takeAway(data(heap), lab.root),
      spoils: true,
    },
    'a file that is too short': {
      named: naming(index),
      plant: () => cutOff(data(index)),
      spoils: true,
    },
    'a bit of a WAL file': {
      named: naming(middle.slice(0, 24)),
      plant: () => flipBit(join(folder, middle), 2000),
      spoils: false,
    },
    'a WAL file in the middle that is missing': {
      named: naming(middle.slice(0, 24)),
      plant: () => takeAway(join(folder, middle), lab.root),
      spoils: false,
    },
  }
  const damageOf = async (): Promise<string | undefined> =>
    (await lab.api.getBackup({ lineage: lineage.id, backup: backup.id })).damage
  for (const [what, { named, plant, spoils }] of Object.entries(plants)) {
    const undo = await plant()
    const drill = await drilled(lab, lineage.id, backup.id)
    expect(drill.outcome, what).toBe('failed')
    expect(drill.failure, what).toMatch(named)
    expect((await damageOf()) !== undefined, what).toBe(spoils)
    await undo()
    const events = await lab.api.listEvents({ limit: 5 })
    const told = events.findLast(({ kind }) => kind === 'drill-failed')
    expect(told, what).toMatchObject({ severity: 'error', subject: 'shop/db' })
    expect(told?.message, what).toMatch(named)
  }
  const mended = await drilled(lab, lineage.id, backup.id)
  expect(mended.failure).toBe(undefined)
  expect(await damageOf()).toBe(undefined)
  expect(await faultsOf(lab)).toEqual([])
  await client.end()
})

test('what no reading of a backup can tell is found in what was restored from it', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  const { client, lineage, backup } = await backedUp(lab)
  const base = join(lineage.directory, 'bases', backup.id)
  const { rows } = await client.query<{ heap: string }>(
    `select pg_relation_filepath('orders') as heap`,
  )
  const heap = rows[0]?.heap ?? ''

  const zeroed = await forge(base, heap, (content) => content.fill(0, 0, PAGE_BYTES))
  const lacking = await drilled(lab, lineage.id, backup.id)
  expect(outcomes(lacking)).toMatchObject({ backup: 'passed', rows: 'failed' })
  expect(lacking.failure).toMatch(/app\.public\.orders lacks at least \d+ rows/)
  await zeroed()

  const flip = (content: Buffer): void => void (content[5 * PAGE_BYTES + 4000]! ^= 0x10)
  const flipped = await forge(base, heap, flip)
  const bad = await drilled(lab, lineage.id, backup.id)
  expect(outcomes(bad)).toMatchObject({ backup: 'passed', rows: 'failed', checksums: 'failed' })
  const checksums = bad.checks.find(({ kind }) => kind === 'checksums')
  expect(checksums?.sentence).toBe(`pages do not fit their checksums: block 5 of ${heap}`)
  await flipped()

  // An index whose order is not what its function says now, which is as bad as damage.
  await client.query(`
      create function turned(n integer) returns integer immutable language sql as 'select n';
      create index turned_orders on orders (turned(n));
      create or replace function turned(n integer) returns integer immutable language sql as 'select -n'`)
  const turned = await drilled(lab, lineage.id)
  expect(outcomes(turned)).toEqual({ ...allBut(), indexes: 'failed' })
  expect(turned.failure).toMatch(/the index app\.public\.turned_orders is damaged/)
  await client.query('drop index turned_orders')

  const sound = await drilled(lab, lineage.id)
  expect(sound.failure).toBe(undefined)
  await client.end()
})
