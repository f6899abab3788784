import { expect, test } from 'vitest'
import type { RestoreWanted } from '../contract/restore.ts'
import {
  lineageDocument,
  archiveDocument,
  backupDocument,
  openApi,
  putShop,
} from './fixtures.suite.ts'

const backupId = backupDocument().id

async function openShop() {
  const opened = openApi()
  await putShop(opened)
  return opened
}

const wanted = (change: Partial<RestoreWanted> = {}): RestoreWanted => ({
  project: 'shop',
  service: 'db',
  target: { kind: 'latest' },
  as: 'rescued',
  inPlace: false,
  ...change,
})

test('a lineage is shown with its window, its size and who writes it, and no secret', async () => {
  const { client } = await openShop()
  const [shown, ...others] = await client.listLineages({ project: 'shop' })
  expect(others).toEqual([])
  expect(shown).toMatchObject({
    id: 'lineage001',
    state: 'open',
    writtenBy: 'db',
    version: '16.14',
    backups: 1,
    storedBytes: 3000,
    window: { earliest: '2026-01-02T03:04:06.000Z', latest: '2026-01-02T03:05:00.000Z', gaps: [] },
  })
  expect(JSON.stringify(shown)).not.toContain('secret')
  expect(await client.listLineages({ project: 'other' })).toEqual([])
  expect(await client.getLineage({ lineage: 'lineage001' })).toMatchObject({ id: 'lineage001' })
  await expect(client.getLineage({ lineage: 'nothing1' })).rejects.toMatchObject({
    code: 'LINEAGE_NOT_FOUND',
  })
})

test('backups are listed with their lineage, and found by id and by name', async () => {
  const { client, store, docs } = await openShop()
  const named = backupDocument({ id: '20260103-030405-d4e5f6', name: 'kept' })
  await store.write([docs.backups.put(['lineage001', named.id], named)])
  const [history] = await client.listBackups({ project: 'shop', service: 'db' })
  expect(history?.backups.map((b) => b.id)).toEqual([backupId, named.id])
  for (const backup of [named.id, 'kept']) {
    expect(await client.getBackup({ lineage: 'lineage001', backup })).toMatchObject({
      id: named.id,
    })
  }
  await expect(
    client.createBackup({ project: 'shop', service: 'db', name: 'kept' }),
  ).rejects.toMatchObject({ code: 'BACKUP_EXISTS' })
})

test('backup work holds the lineage and not the instance, and a name becomes an id', async () => {
  const { client, store, docs } = await openShop()
  const named = backupDocument({ id: '20260103-030405-d4e5f6', name: 'kept' })
  await store.write([docs.backups.put(['lineage001', named.id], named)])
  const { id, subjects } = await client.removeBackup({ lineage: 'lineage001', backup: 'kept' })
  expect(subjects).toEqual(['lineages/lineage001'])
  const kept = (await docs.operations.get(id))?.value
  expect(kept?.input).toEqual({ lineage: 'lineage001', backup: named.id, of: 'shop/db' })
  await expect(client.verifyBackups({ lineage: 'lineage001' })).rejects.toMatchObject({
    code: 'OPERATION_CONFLICT',
  })
})

test('an instance of before lineages says how it gets one', async () => {
  const opened = openApi()
  await putShop(opened)
  const { client, store, docs } = opened
  const { lineage: _, ...old } = (await docs.instances.get('shop', 'db'))!.value
  await store.write([docs.instances.put(['shop', 'db'], old)])
  await expect(client.createBackup({ project: 'shop', service: 'db' })).rejects.toMatchObject({
    code: 'LINEAGE_NOT_FOUND',
    hint: expect.stringContaining('howdah up') as unknown,
  })
  expect((await client.getInstance({ project: 'shop', service: 'db' })).recovery).toBeUndefined()
})

test('a lineage that an instance writes is not removed, a closed one is', async () => {
  const { client, store, docs } = await openShop()
  await expect(client.removeLineage({ lineage: 'lineage001' })).rejects.toMatchObject({
    code: 'CHANGE_REFUSED',
    hint: expect.stringContaining('howdah down db') as unknown,
  })
  const closed = lineageDocument({ id: 'lineage002', closedAt: '2026-01-03T00:00:00.000Z' })
  await store.write([docs.lineages.put(['lineage002'], closed)])
  expect(await client.removeLineage({ lineage: 'lineage002' })).toMatchObject({
    kind: 'lineage-remove',
    state: 'queued',
  })
})

test('a clean-up says first what would go, and is then work on the lineage', async () => {
  const { client, docs } = await openShop()
  const asked = { lineage: 'lineage001', force: false }
  const { outcome, of, backups } = await client.planPrune(asked)
  expect({ outcome, of, backups }).toEqual({
    outcome: 'held',
    of: { project: 'shop', service: 'db' },
    backups: [],
  })
  expect(await docs.backups.list('lineage001')).not.toEqual([])
  expect(await client.pruneLineage({ ...asked, force: true })).toMatchObject({
    kind: 'prune',
    title: 'clean-up of the backups of shop/db',
    subjects: ['lineages/lineage001'],
  })
})

test('a plan says which backup, how much WAL and into what, and changes nothing', async () => {
  const { client, docs } = await openShop()
  const plan = await client.planRestore(wanted())
  expect(plan).toMatchObject({
    lineage: 'lineage001',
    of: { project: 'shop', service: 'db' },
    into: { project: 'shop', service: 'rescued' },
    backup: { id: backupId },
    version: '16.14',
  })
  expect(plan.walBytes).toBeGreaterThan(0)
  const { as: _, ...undecided } = wanted()
  expect((await client.planRestore(undecided)).into).toBeUndefined()
  expect(await docs.operations.list()).toEqual([])
})

test.each([
  [{ as: 'db' }, 'INSTANCE_EXISTS'],
  [{ inPlace: true }, 'USAGE'],
  [{ lineage: 'nothing1' }, 'LINEAGE_NOT_FOUND'],
  [{ service: 'nothing' }, 'INSTANCE_NOT_FOUND'],
  [{ target: { kind: 'time', at: '2026-01-01T00:00:00Z' } }, 'TARGET_OUTSIDE_WINDOW'],
  [{ target: { kind: 'time', at: '2126-01-01T00:00:00Z' } }, 'TARGET_OUTSIDE_WINDOW'],
  [{ target: { kind: 'backup', id: '20250101-000000-a1b2c3' } }, 'BACKUP_NOT_FOUND'],
] as const)('a restore with %j is refused with %s, and nothing is begun', async (change, code) => {
  const { client, docs } = await openShop()
  await expect(client.restore(wanted(change))).rejects.toMatchObject({ code })
  await expect(client.planRestore(wanted(change))).rejects.toMatchObject({ code })
  expect(await docs.operations.list()).toEqual([])
})

test('a refusal names the range, in the zone of who asks, and the lineage that has older moments', async () => {
  const { client, store, docs } = await openShop()
  const parent = { lineage: 'lineage000', how: 'restore' as const }
  await store.write([docs.lineages.put(['lineage001'], lineageDocument({ parent }))])
  const target = { kind: 'time', at: '2026-01-01T00:00:00Z' } as const
  await expect(client.planRestore(wanted({ target, zone: 'Europe/Berlin' }))).rejects.toMatchObject(
    {
      code: 'TARGET_OUTSIDE_WINDOW',
      message: expect.stringContaining('2026-01-02 04:04:06+01:00') as unknown,
      details: { earliest: '2026-01-02T03:04:06.000Z', parent: 'lineage000' },
      hint: expect.stringContaining('--lineage lineage000') as unknown,
    },
  )
})

test('a backup’s name is a target', async () => {
  const { client, store, docs } = await openShop()
  const named = backupDocument({ name: 'kept' })
  await store.write([docs.backups.put(['lineage001', named.id], named)])
  const plan = await client.planRestore(wanted({ target: { kind: 'name', name: 'kept' } }))
  expect(plan.target).toEqual({ kind: 'backup', id: named.id })
})

test('a restore as a new instance is like the one that was backed up, with a password of its own seal', async () => {
  const { client, docs } = await openShop()
  const { id, subjects } = await client.restore(wanted())
  expect(subjects).toContain('shop/rescued')
  expect(subjects).not.toContain('shop/db')
  expect((await docs.operations.get(id))?.value.input).toMatchObject({
    lineage: 'lineage001',
    project: 'shop',
    directory: '/home/ann/shop',
    mode: 'affordable',
    desired: {
      service: 'rescued',
      user: 'app',
      sealedPassword: JSON.stringify(['credentials/shop/rescued', 'secret']),
    },
  })
})

test('in place it is built under a name of its own and the present state gets one that says when', async () => {
  const { client, docs } = await openShop()
  const { as: _, ...rest } = wanted({ inPlace: true })
  const { id } = await client.restore(rest)
  const input = (await docs.operations.get(id))?.value.input as {
    desired: { service: string }
    inPlace: { service: string; keepAs: string }
  }
  expect(input.desired.service).toMatch(/^db-restored-\d{8}-\d{6}$/)
  expect(input.inPlace).toEqual({
    service: 'db',
    keepAs: expect.stringMatching(/^db-before-\d{8}-\d{6}$/) as unknown,
  })
})

test('a restore that says neither where to nor in place is USAGE', async () => {
  const { client } = await openShop()
  const { as: _, ...rest } = wanted()
  await expect(client.restore(rest)).rejects.toMatchObject({ code: 'USAGE' })
})

test('a closed lineage restores into a project that was forgotten, with its mode', async () => {
  const opened = openApi()
  const { client, store, docs, repositories } = opened
  const lineage = lineageDocument({ closedAt: '2026-01-03T00:00:00.000Z' })
  repositories.lineages.set(lineage.id, [])
  await store.write([
    docs.lineages.put([lineage.id], {
      ...lineage,
      recipe: { ...lineage.recipe, mode: 'balanced' },
    }),
    docs.backups.put([lineage.id, backupId], backupDocument()),
    docs.archives.put([lineage.id], archiveDocument()),
  ])
  const { service: _, ...rest } = wanted({ lineage: lineage.id, as: 'db' })
  const { id } = await client.restore(rest)
  expect((await docs.operations.get(id))?.value.input).toMatchObject({
    mode: 'balanced',
    directory: '',
    desired: { service: 'db' },
  })
})

test('an instance shows what of it could come back, and what is wrong with that', async () => {
  const { client, store, docs } = await openShop()
  const ask = async () => (await client.getInstance({ project: 'shop', service: 'db' })).recovery
  expect(await ask()).toMatchObject({
    earliest: '2026-01-02T03:04:06.000Z',
    latest: '2026-01-02T03:05:00.000Z',
    backups: 1,
    // Nothing was backed up or proven for months, by the clock of today.
    problem: expect.stringContaining('“db” of shop') as unknown,
  })
  const since = '2026-01-02T03:06:00.000Z'
  const problems = [{ kind: 'late' as const, sentence: 'no WAL arrives', since }]
  await store.write([docs.archives.put(['lineage001'], archiveDocument({ problems }))])
  expect((await ask())?.problem).toBe('no WAL arrives')
  const damaged = backupDocument({ damage: 'base/5/1 has changed' })
  await store.write([
    docs.archives.put(['lineage001'], archiveDocument()),
    docs.backups.put(['lineage001', damaged.id], damaged),
  ])
  expect(await ask()).toMatchObject({
    backups: 0,
    problem: `the backup ${damaged.id} is damaged: base/5/1 has changed`,
  })
})

test('what a removal would leave of the history is told before', async () => {
  const { client } = await openShop()
  const input = { project: 'shop', services: [], finalSnapshot: 'none' as const }
  expect(await client.previewDown(input)).toMatchObject([
    { service: 'db', historyKeptMs: 30 * 24 * 60 * 60 * 1000 },
  ])
})

test('an export is asked of an instance that is there, at an absolute path', async () => {
  const { client } = await openShop()
  const asked = { project: 'shop', service: 'db', directory: '/srv/copy' }
  expect(await client.exportInstance(asked)).toMatchObject({
    kind: 'export',
    subjects: ['exports//srv/copy'],
  })
  await expect(client.exportInstance({ ...asked, service: 'x' })).rejects.toMatchObject({
    code: 'INSTANCE_NOT_FOUND',
  })
  await expect(client.exportInstance({ ...asked, directory: 'copy' })).rejects.toMatchObject({
    code: 'USAGE',
  })
})

test('nothing is removed from under a restore that reads it', async () => {
  const { client, store, docs } = await openShop()
  const closed = lineageDocument({ closedAt: '2026-01-03T00:00:00.000Z' })
  await store.write([
    docs.instances.remove(['shop', 'db']),
    docs.lineages.put(['lineage001'], closed),
  ])
  const { service: _, ...rest } = wanted({ lineage: 'lineage001' })
  await client.restore(rest)
  const conflict = { code: 'OPERATION_CONFLICT' }
  await expect(client.removeLineage({ lineage: 'lineage001' })).rejects.toMatchObject(conflict)
  const backup = { lineage: 'lineage001', backup: backupId }
  await expect(client.removeBackup(backup)).rejects.toMatchObject(conflict)
})
