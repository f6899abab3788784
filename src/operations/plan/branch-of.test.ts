import { expect, onTestFinished, test } from 'vitest'
import { fakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { ManagedSpec } from '../../contract/project.ts'
import { instance } from '../../core/plan/documents.suite.ts'
import { BRANCH_BACKUPS } from '../../core/policy/branch-backups.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { planDesired } from './plan-desired.ts'

const spec = (changes: Partial<ManagedSpec> = {}): ManagedSpec => ({
  image: 'postgres',
  version: {},
  imageExtensions: [],
  user: ['app'],
  database: ['app'],
  password: ['secret'],
  port: 5432,
  initdb: {},
  initFiles: [],
  settings: {},
  allowDowntime: false,
  tls: 'optional',
  at: { file: 'compose.yaml', line: 2, column: 3 },
  ...changes,
})

/** What is planned for each service of a project, in the plan's order. */
async function planOf(services: Record<string, ManagedSpec>, instances: InstanceDocument[] = []) {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  await store.write(instances.map((i) => docs.instances.put([i.project, i.service], i)))
  const machine = fakeMachine()
  for (const i of instances) machine.engines.add(i.engine.id)
  const { dependencies } = dependenciesOf(store, machine, fakeRepositories(), new Life())
  const { work } = await planDesired(dependencies, {
    project: 'shop',
    directory: '/home/ann/shop',
    services,
    notes: [],
    allowMissingExtensions: false,
  })
  return work.filter((w) => w.action.kind !== 'install-engine')
}

const branch = (changes: Partial<ManagedSpec> = {}) =>
  spec({ branchOf: { service: 'db' }, ...changes })

test('a branch sleeps, is backed up for a day and not drilled, unless compose says otherwise', async () => {
  const [made, branched, told] = await planOf({
    preview: branch(),
    db: spec(),
    told: branch({ suspendAfterMs: 0, backups: defaultBackupPolicy }),
  })
  expect(made?.desired).toMatchObject({ service: 'db' })
  expect(made?.desired?.backups).toBeUndefined()
  expect(made?.desired?.suspendAfterMs).toBeUndefined()
  expect(branched?.action.kind).toBe('create-branch')
  expect(branched?.desired).toMatchObject({
    service: 'preview',
    branchOf: { service: 'db' },
    backups: BRANCH_BACKUPS,
    suspendAfterMs: 300_000,
  })
  expect(told?.desired?.suspendAfterMs).toBeUndefined()
  expect(told?.desired?.backups).toEqual(defaultBackupPolicy)
})

const parent: InstanceDocument = {
  ...instance,
  lineage: 'l00001',
  engine: { id: 'fake-15.2', major: 15, minor: 2 },
}

test('a branch gets the engine that its parent has, by way of other branches too', async () => {
  const services = { db: spec(), b1: branch(), b2: branch({ branchOf: { service: 'b1' } }) }
  const engines = (await planOf(services, [parent]))
    .filter((w) => w.action.kind === 'create-branch')
    .map((w) => [w.action.service, w.version?.engineId])
  expect(engines).toEqual([
    ['b1', 'fake-15.2'],
    ['b2', 'fake-15.2'],
  ])
})

test('a branch of a service that is made in the same plan gets its version', async () => {
  const services = { b1: branch(), db: spec({ version: { major: 14, minor: 3 } }) }
  const versions = (await planOf(services)).map((w) => w.version?.engineId)
  expect(versions).toEqual(['fake-14.3', 'fake-14.3'])
})

test('a branch of another major is refused', async () => {
  const services = { db: spec(), b1: branch({ version: { major: 17 } }) }
  await expect(planOf(services, [parent])).rejects.toMatchObject({
    code: 'CHANGE_REFUSED',
    message: expect.stringContaining('Ask for 15') as unknown,
  })
})
