import { expect, onTestFinished, test } from 'vitest'
import type { DesiredProject } from '../../contract/desired.ts'
import type { ProjectWork } from '../../contract/documents/work.ts'
import { desired, snapshotDocument } from '../../core/plan/documents.suite.ts'
import { fakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { enqueue } from '../enqueue.ts'
import { dependenciesOf, Life, runFakeAgent, secrets } from '../fake-host.suite.ts'
import { desiredFromSnapshot } from '../plan/desired-from-snapshot.ts'
import { planDesired } from '../plan/plan-desired.ts'
import type { Procedure } from '../procedure.ts'
import { work } from '../worker.ts'
import { procedures } from './all.ts'
import { snapshotRemove } from './snapshot.ts'
import { up } from './up.ts'

/** A whole daemon on a machine in memory, for as long as a test runs. */
function openHost() {
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  const machine = fakeMachine()
  const agent = new AbortController()
  const life = new Life()
  const { dependencies } = dependenciesOf(store, machine, fakeRepositories(), life)
  const agentDone = runFakeAgent(store, machine, () => undefined, agent.signal)
  const working = work({ store, procedures, dependencies, onError: () => {} }, life.signal)
  onTestFinished(async () => {
    life.end()
    await working.catch((error: unknown) => expect(error).toMatchObject({ message: 'killed' }))
    agent.abort()
    await agentDone
    await store.close()
  })
  /** Runs an operation to its end, which must be a good one. */
  const perform = async (kind: string, input: object): Promise<void> => {
    const procedure = procedures.find((p) => p.kind === kind) as unknown as Procedure
    const { id } = await enqueue({ store, documents: docs, host: undefined }, procedure, input)
    const ended = async () => {
      const now = (await docs.operations.get(id))?.value
      return now?.finishedAt ? [now.state, now.error] : undefined
    }
    await expect.poll(ended, { timeout: 20_000 }).toEqual(['done', undefined])
  }
  return { docs, store, dependencies, perform }
}

const wanted = {
  ...desired,
  sealedPassword: secrets.seal('credentials/shop/db', 'secret'),
  portWanted: 6543,
  cpus: 3,
  tls: 'required',
} as const
const version = { engineId: 'fake-16.14', major: 16, minor: 14 }
const action = (kind: 'create-instance' | 'restore-instance') =>
  ({ kind, service: 'db', sentence: kind, impact: 'none' }) as const
const production: ProjectWork = {
  project: 'shop',
  directory: '/home/ann/shop',
  mode: 'balanced',
  work: [{ action: action('create-instance'), desired: wanted, version }],
  basis: {},
}

test('a restore into a project that was forgotten brings its mode, port, processors and TLS back', async () => {
  const { docs, dependencies, perform } = openHost()
  await perform('up', production)
  const services = [{ service: 'db', finalSnapshot: 's1' }]
  await perform('down', { project: 'shop', services, forgetProject: true })
  expect(await docs.projects.list()).toEqual([])

  const snapshot = (await docs.snapshots.get('s1'))!.value
  const like = desiredFromSnapshot(dependencies, snapshot, 'shop', 'db')
  await perform('snapshot-restore', {
    name: 's1',
    project: 'shop',
    directory: '',
    desired: like,
  })
  expect((await docs.projects.get('shop'))?.value.mode).toBe('balanced')
  expect((await docs.instances.get('shop', 'db'))?.value).toMatchObject({
    portWanted: 6543,
    cpus: 3,
    tls: 'required',
  })
})

test('a restore into a project that is there leaves its mode alone', async () => {
  const { docs, dependencies, perform } = openHost()
  await perform('up', production)
  await perform('snapshot-create', { project: 'shop', service: 'db', name: 's1' })
  await perform('up', { ...production, work: [], mode: 'affordable' })
  const snapshot = (await docs.snapshots.get('s1'))!.value
  const like = desiredFromSnapshot(dependencies, snapshot, 'shop', 'copy')
  await perform('snapshot-restore', { name: 's1', project: 'shop', directory: '', desired: like })
  expect((await docs.projects.get('shop'))?.value.mode).toBe('affordable')
})

test('a snapshot of the first versions, which says less, restores with defaults', () => {
  const { dependencies } = openHost()
  const sealedPassword = secrets.seal('snapshots/s1', 'secret')
  const old = { ...snapshotDocument, sealedPassword }
  expect(desiredFromSnapshot(dependencies, old, 'shop', 'db')).toMatchObject({
    portWanted: 5432,
    cpus: 1,
    tls: 'optional',
  })
})

test('a snapshot that an up restores from cannot be removed meanwhile', async () => {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const restore = {
    action: action('restore-instance'),
    desired: { ...wanted, fromSnapshot: 's1' },
    version,
  }
  const { id } = await enqueue({ store, documents: docs, host: undefined }, up, {
    ...production,
    work: [restore],
  })
  await expect(
    enqueue({ store, documents: docs, host: undefined }, snapshotRemove, { name: 's1' }),
  ).rejects.toMatchObject({
    code: 'OPERATION_CONFLICT',
    details: { operation: id },
  })
})

const asks = (image: { major: number; minor: number }, user = 'app'): DesiredProject => ({
  project: 'shop',
  directory: '/home/ann/shop',
  services: {
    db: {
      image: 'postgres',
      version: image,
      imageExtensions: [],
      user: [user],
      database: ['app'],
      password: ['secret'],
      port: 5432,
      initdb: {},
      initFiles: [],
      settings: {},
      allowDowntime: false,
      tls: 'optional',
      fromSnapshot: 's1',
      at: { file: 'compose.yaml', line: 2, column: 3 },
    },
  },
  notes: [],
  allowMissingExtensions: false,
})

test('a plan says that a snapshot does not exist, or does not fit, before anything is done', async () => {
  const { docs, store, dependencies } = openHost()
  const planned = (ask: DesiredProject) => planDesired(dependencies, ask)
  await expect(planned(asks({ major: 16, minor: 14 }))).rejects.toMatchObject({
    code: 'SNAPSHOT_NOT_FOUND',
  })
  await store.write([docs.snapshots.put(['s1'], snapshotDocument)])
  await expect(planned(asks({ major: 17, minor: 2 }))).rejects.toMatchObject({
    code: 'CHANGE_REFUSED',
    message: expect.stringContaining('Ask for 16') as unknown,
  })
  await expect(planned(asks({ major: 16, minor: 14 }, 'ann'))).rejects.toMatchObject({
    code: 'CHANGE_REFUSED',
    message: expect.stringContaining('a physical copy keeps its owner') as unknown,
  })
  const { plan } = await planned(asks({ major: 16, minor: 14 }))
  expect(plan.actions.map(({ kind }) => kind)).toEqual(['install-engine', 'restore-instance'])
})
