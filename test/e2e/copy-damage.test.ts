import { appendFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Backup } from '../../src/contract/backup.ts'
import { type KeptServer, openKeptServer } from '../support/lab/kept-server.ts'
import { flipBit, takeAway } from '../support/lab/plant.ts'

/** Everything of a backup that can be broken on purpose is found, by its name. */
let kept: KeptServer
let backup: Backup
let segments: string[]
beforeAll(async () => {
  kept = await openKeptServer()
  await kept.original.sql('insert into t select generate_series(1, 2000)')
  backup = await kept.backup()
  segments = [await kept.write(1), await kept.write(2), await kept.write(3)]
  expect(await kept.verify(backup)).toEqual([])
})
afterAll(() => kept?.[Symbol.asyncDispose]())

const found = async (): Promise<string[]> =>
  (await kept.verify(backup)).map(({ kind, where }) => `${kind} ${where}`)

const tableFile = () => kept.original.ask(`select pg_relation_filepath('t')`)

test('one bit of a file', async () => {
  const path = await tableFile()
  const undo = await flipBit(kept.base(backup, path), 5000)
  expect(await found()).toEqual([`changed ${path}`])
  await undo()
  expect(await found()).toEqual([])
})

test('a file that is missing, longer, or new', async () => {
  const undo = await takeAway(kept.base(backup, 'global/pg_control'), kept.home)
  await appendFile(kept.base(backup, 'PG_VERSION'), '\n')
  await writeFile(kept.base(backup, 'base/added'), '')
  expect((await found()).toSorted()).toEqual([
    'changed PG_VERSION',
    'changed base/added',
    'missing global/pg_control',
  ])
  await undo()
  await rm(kept.base(backup, 'base/added'))
  await writeFile(kept.base(backup, 'PG_VERSION'), `${kept.engine.major}\n`)
  expect(await found()).toEqual([])
})

test('the manifest itself', async () => {
  const manifest = join(kept.base(backup), '..', 'backup_manifest')
  const undo = await flipBit(manifest, 300)
  expect(await found()).toEqual(['changed backup_manifest'])
  await undo()
  const putBack = await takeAway(manifest, kept.home)
  expect(await found()).toEqual(['missing backup_manifest'])
  await putBack()
})

test('one bit of archived WAL, at which a recovery gives up', async () => {
  const [, middle = ''] = segments
  const { size } = await stat(kept.packed(middle))
  const undo = await flipBit(kept.packed(middle), Math.floor(size / 2))
  expect(await found()).toEqual([`changed ${middle}`])
  await expect(kept.restore(backup)).rejects.toThrow('cannot go on with recovery')
  await undo()
  expect(await found()).toEqual([])
})

test('archived WAL that is missing, in the middle and at the end', async () => {
  const [, middle = '', last = ''] = segments
  const undo = await takeAway(kept.packed(middle), kept.home)
  const undoLast = await takeAway(kept.packed(last), kept.home)
  expect(await found()).toEqual([`missing ${middle}`, `missing ${last}`])
  // Of no server: the one that runs still has the files, and they would be taken from there.
  const { problems, ranges } = await kept.backups.archive(kept.lineage, undefined)
  expect(problems.map(({ kind, segment }) => [kind, segment])).toEqual([
    ['lost', middle],
    ['lost', last],
  ])
  expect(ranges.at(-1)?.last).toBe(segments[0])
  await undo()
  await undoLast()
  expect((await kept.archive()).problems).toEqual([])
})

test('a backup that is not there', async () => {
  const gone = { ...backup, id: '20200101-000000-gone' }
  expect(await kept.verify(gone)).toMatchObject([{ kind: 'missing' }])
  await expect(kept.backups.source(kept.lineage, gone, { durable: true })).rejects.toMatchObject({
    code: 'BACKUP_NOT_FOUND',
  })
})

test('a page that is damaged in the server’s own data: the backup is kept and says so', async () => {
  const path = await tableFile()
  await kept.original.stop()
  // Within the rows of the second page, far from its header.
  const undo = await flipBit(join(kept.original.data, path), 8192 + 8000)
  await kept.original.start()
  const damaged = await kept.backup()
  expect(damaged.damage).toContain(`block 1 of ${path}`)
  expect(await kept.verify(damaged)).toEqual([
    { where: path, kind: 'page', sentence: expect.stringContaining('block 1') },
  ])
  expect((await kept.backups.backups(kept.lineage)).map(({ damage }) => damage)).toEqual([
    undefined,
    damaged.damage,
  ])
  await kept.original.stop()
  const cold = await kept.backup(true)
  expect(cold.damage).toBe(damaged.damage)
  await undo()
  await kept.original.start()
  expect((await kept.backup()).damage).toBeUndefined()
})

test('what a dead backup left goes with the next one, and counts for nothing', async () => {
  const bases = join(kept.lineage.directory, 'bases')
  const before = await readdir(bases)
  await kept.backups.backups(kept.lineage)
  await writeFile(join(bases, '20260102-000000-dead.part'), '')
  const known = await kept.backups.backups(kept.lineage)
  expect(known).toHaveLength(before.length)
  const next = await kept.backup()
  expect((await readdir(bases)).toSorted()).toEqual([...before, next.id].toSorted())
})
