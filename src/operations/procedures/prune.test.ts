import { expect, onTestFinished, test } from 'vitest'
import type { BackupEngine, BackupEngines } from '../../backups/backup-engine.ts'
import { fakeRepositories, type FakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type {
  BackupDocument,
  DrillDocument,
  LineageDocument,
} from '../../contract/documents/lineage.ts'
import { createFakeDriver, fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Dependencies, HowdahProcedure, NewEvent } from '../dependencies.ts'
import { enqueue } from '../enqueue.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { instance } from '../../core/plan/documents.suite.ts'
import { work } from '../worker.ts'
import { prune } from './prune.ts'

const procedures = [prune] as unknown as readonly HowdahProcedure[]

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const ago = (spanMs: number): string => new Date(Date.now() - spanMs).toISOString()

const lineage = (changes: Partial<LineageDocument> = {}): LineageDocument => ({
  format: 1,
  id: 'l00001',
  project: 'shop',
  service: 'db',
  instanceId: 'i1',
  engine: 'copy',
  major: 16,
  systemIdentifier: '7000',
  walSegmentBytes: 16 * 1024 * 1024,
  directory: createFakeDriver(fakeMachine()).placeLineage('l00001'),
  createdAt: ago(30 * DAY_MS),
  createdBy: 'operation',
  provenAt: ago(HOUR_MS),
  recipe: {
    version: '16.14',
    user: 'app',
    database: 'app',
    superuser: 'howdah_admin',
    settings: {},
    memoryBytes: 1,
    cpus: 1,
    tls: 'optional',
    portWanted: 5432,
    initdb: {},
    policy: defaultBackupPolicy,
    sealedPassword: '',
  },
  ...changes,
})

/** A cold base, which needs no WAL of the fake archive. */
const backup = (daysAgo: number, changes: Partial<BackupDocument> = {}): BackupDocument => ({
  format: 1,
  id: `20260101-0000${String(99 - daysAgo).padStart(2, '0')}`,
  lineage: 'l00001',
  engine: 'copy',
  kind: 'full',
  startedAt: ago(daysAgo * DAY_MS),
  finishedAt: ago(daysAgo * DAY_MS),
  startLsn: `0/${(99 - daysAgo).toString(16)}000028`,
  stopLsn: `0/${(99 - daysAgo).toString(16)}000100`,
  timeline: 1,
  version: '16.14',
  sizeBytes: 1000,
  cold: true,
  ...changes,
})

interface Given {
  readonly lineage?: Partial<LineageDocument>
  readonly backups?: readonly BackupDocument[]
  /** What the repository has, when that is something else. */
  readonly there?: readonly BackupDocument[]
  readonly removed?: boolean
}

/** A home with one lineage of one instance, or of one that is gone, until the test is over. */
async function openHome({ backups = [], there = backups, ...given }: Given) {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const repositories: FakeRepositories = fakeRepositories()
  repositories.lineages.set('l00001', [...there])
  await store.write([
    docs.lineages.put(['l00001'], lineage(given.lineage)),
    ...backups.map((b) => docs.backups.put(['l00001', b.id], b)),
    ...(given.removed
      ? []
      : [docs.instances.put(['shop', 'db'], { ...instance, lineage: 'l00001' })]),
  ])
  return { store, docs, repositories }
}

/** Runs a clean-up to its end; its first life ends after so many effects on the world. */
async function runPrune(
  { store, docs, repositories }: Awaited<ReturnType<typeof openHome>>,
  input: object = {},
  { effects, remove }: { effects?: number | undefined; remove?: BackupEngine['remove'] } = {},
) {
  const { id } = await enqueue(store, docs, prune, { lineage: 'l00001', ...input })
  const told: NewEvent[] = []
  for (let lives = 1; ; lives++) {
    const life = new Life(lives === 1 ? effects : undefined)
    const mortal = dependenciesOf(store, fakeMachine(), repositories, life)
    const engine = mortal.dependencies.backups.of({ engine: 'copy' })
    const dependencies: Dependencies = {
      ...mortal.dependencies,
      ...(remove ? { backups: fixed({ ...engine, remove }) } : {}),
    }
    const changes = store.watch(docs.operations.key(id), life.signal)
    const working = work(
      { store: mortal.store, procedures, dependencies, onError: () => {} },
      life.signal,
    )
    let ended = false
    for await (const change of changes) {
      if (change.kind === 'put' && docs.operations.parse(change.entry).value.finishedAt) {
        ended = true
        break
      }
    }
    life.end()
    await working.catch((error: unknown) => expect(error).toMatchObject({ message: 'killed' }))
    told.push(...mortal.events)
    if (ended) {
      const operation = (await docs.operations.get(id))!.value
      return { operation, lives, told }
    }
  }
}

const fixed = (engine: BackupEngine): BackupEngines => ({ of: () => engine, choose: () => engine })

const idsOf = async ({ docs }: Awaited<ReturnType<typeof openHome>>): Promise<string[]> =>
  (await docs.backups.list('l00001')).map((b) => b.value.id)

test('what the policy keeps no longer goes from the repository and from our memory, and people are told', async () => {
  const old = [backup(20), backup(15)]
  const kept = [backup(8), backup(3), backup(1)]
  const home = await openHome({ backups: [...old, ...kept] })
  const { operation, told } = await runPrune(home)
  expect(operation).toMatchObject({ state: 'done', output: { outcome: 'prune' } })
  expect(await idsOf(home)).toEqual(kept.map((b) => b.id))
  expect(home.repositories.lineages.get('l00001')).toEqual(kept)
  expect(told).toEqual([
    {
      severity: 'info',
      kind: 'pruned',
      subject: 'shop/db',
      message: expect.stringMatching(
        /^removed 20260101-000084, 20260101-000079; keeps 3 base backups/,
      ) as unknown,
    },
  ])
})

test('what another repository keeps for longer stays known, and is no news', async () => {
  const home = await openHome({ backups: [backup(20), backup(8), backup(1)] })
  const { operation, told } = await runPrune(home, {}, { remove: async () => {} })
  expect(operation.state).toBe('done')
  expect(await idsOf(home)).toHaveLength(3)
  expect(told).toEqual([])
})

test('nothing to remove is no news', async () => {
  const home = await openHome({ backups: [backup(1)] })
  const { operation, told } = await runPrune(home)
  expect(operation.state).toBe('done')
  expect(told).toEqual([])
})

test('a lineage whose restore was not seen to work lately keeps everything, unless a person says otherwise', async () => {
  const backups = [backup(20), backup(15), backup(8), backup(1)]
  const home = await openHome({ backups, lineage: { provenAt: ago(3 * DAY_MS) } })
  const { operation } = await runPrune(home)
  expect(operation.output).toMatchObject({
    outcome: 'held',
    sentence: expect.stringContaining('nothing is removed') as unknown,
  })
  expect(await idsOf(home)).toHaveLength(4)
  await runPrune(home, { force: true })
  expect(await idsOf(home)).toHaveLength(2)
})

test.each<[string, object]>([
  ['a restore', { lineage: 'l00001' }],
  ['a branch of the past', { past: { lineage: 'l00001' } }],
])('nothing goes while %s reads the lineage', async (_, reads) => {
  const home = await openHome({ backups: [backup(20), backup(15), backup(8), backup(1)] })
  const { store, docs } = home
  const reading = {
    kind: 'restore',
    title: () => 'restore as shop/then',
    subjects: () => ['shop/then'],
  }
  const { id } = await enqueue(store, docs, reading, reads)
  const held = (await docs.operations.get(id))!.value
  // Held by a worker of its own, as far as this one can see.
  await store.write([
    { kind: 'put', key: `claims/${id}`, value: { lease: 'another' } },
    docs.operations.put([id], { ...held, state: 'running' }),
  ])
  const { operation } = await runPrune(home)
  expect(operation.output).toMatchObject({
    outcome: 'held',
    sentence: 'nothing is removed while “restore as shop/then” reads it',
  })
  expect(await idsOf(home)).toHaveLength(4)
})

const drill: DrillDocument = {
  format: 1,
  id: '20260101-000000',
  lineage: 'l00001',
  project: 'shop',
  service: 'db',
  backup: '20260101-000000',
  outcome: 'passed',
  startedAt: ago(HOUR_MS),
  finishedAt: ago(HOUR_MS),
  sizeBytes: 1,
  walBytes: 1,
  checks: [],
}

const closed = { closedAt: ago(31 * DAY_MS), provenAt: ago(40 * DAY_MS) }

test('the history of a removed instance goes when its time is over, proven or not', async () => {
  const home = await openHome({ backups: [backup(31)], lineage: closed, removed: true })
  await home.store.write([home.docs.drills.put(['l00001', drill.id], drill)])
  const { operation, told } = await runPrune(home)
  expect(operation).toMatchObject({ state: 'done', output: { outcome: 'expired' } })
  expect(told).toMatchObject([
    { kind: 'pruned', message: expect.stringContaining('gone for good') as unknown },
  ])
  expect([...home.repositories.lineages.keys()]).toEqual([])
  expect(await home.store.list('lineages/')).toEqual([])
  expect(await home.store.list('backups/')).toEqual([])
  expect(await home.store.list('drills/')).toEqual([])
})

test.each<[string, Given]>([
  ['that a person kept a backup of by name', { backups: [backup(31, { name: 'kept' })] }],
  ['whose time is not over', { lineage: { closedAt: ago(29 * DAY_MS) } }],
  ['in the folder of another home', { lineage: { ...closed, directory: '/mnt/usb/l00001' } }],
])('the history of a removed instance %s stays', async (_, given) => {
  const home = await openHome({ backups: [backup(31)], lineage: closed, removed: true, ...given })
  await runPrune(home)
  expect(await idsOf(home)).toHaveLength(1)
})

test('a base that is gone from the repository is told, and an older one stays in its place', async () => {
  const backups = [backup(20), backup(15), backup(8), backup(1)]
  const home = await openHome({ backups, there: [backups[0]!, backups[1]!, backups[3]!] })
  const { told } = await runPrune(home)
  expect(told[0]).toMatchObject({ severity: 'error', kind: 'backup-missing', subject: 'shop/db' })
  expect(told[0]?.message).toContain(backups[2]!.id)
  expect(await idsOf(home)).toEqual(backups.slice(1).map((b) => b.id))
})

test('a base that the repository has and we do not know is taken up', async () => {
  const home = await openHome({ backups: [backup(2)], there: [backup(3), backup(2)] })
  await runPrune(home)
  expect(await idsOf(home)).toEqual([backup(3).id, backup(2).id])
})

test.each<[string, Given]>([
  ['a clean-up', { backups: [backup(30), backup(20), backup(15), backup(8), backup(1)] }],
  ['the removal of a lineage', { backups: [backup(31)], lineage: closed, removed: true }],
])('%s: killed after any effect, it comes to the same end', async (_, given) => {
  const end = async (effects?: number) => {
    const home = await openHome(given)
    const { operation, lives } = await runPrune(home, {}, { effects })
    const left = [await idsOf(home), home.repositories.lineages.get('l00001')?.map((b) => b.id)]
    return { lives, state: operation.state, left, locks: await home.store.list('locks/') }
  }
  const undisturbed = await end()
  for (let effects = 0; ; effects++) {
    const killed = await end(effects)
    expect({ ...killed, lives: 1 }, `after ${effects} effects`).toEqual(undisturbed)
    if (killed.lives === 1) {
      expect(effects).toBeGreaterThan(5)
      return
    }
  }
})
