import { expect, test } from 'vitest'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { Work, type DesiredInstance } from '../../contract/documents/work.ts'
import * as suite from './documents.suite.ts'
import type { EngineChoice } from './engine-choice.ts'
import { type PlanInput, planProject } from './plan-project.ts'

const { choice, desired, projectDocument, snapshotDocument } = suite
const instance: InstanceDocument = { ...suite.instance, lineage: 'l00001' }

const contexts = {
  'npm-16.14': { shared_buffers: 'postmaster', max_connections: 'postmaster', work_mem: 'user' },
}

interface Differences {
  readonly desired?: Partial<DesiredInstance>
  readonly choice?: Partial<EngineChoice>
  readonly have?: Partial<InstanceDocument>
  readonly input?: Partial<PlanInput>
}

/** The plan of a project whose one instance is as compose asks, but for these differences. */
const plan = (d: Differences = {}) =>
  planProject({
    project: 'shop',
    mode: 'affordable',
    wanted: [{ desired: { ...desired, ...d.desired }, choice: { ...choice, ...d.choice } }],
    notes: [],
    observed: { project: projectDocument, instances: [{ ...instance, ...d.have }] },
    contexts,
    ...d.input,
  })

const actions = (d: Differences): string[] => {
  const planned = plan(d)
  expect(planned.refusals).toEqual([])
  for (const work of planned.work) expect(Work.parse(work)).toEqual(work)
  return planned.work.map(({ action }) => `${action.kind}, ${action.impact}`)
}

test('no difference, no work', () => {
  expect(plan()).toMatchObject({ work: [], notes: [], orphans: [], refusals: [] })
})

test.each<[string, Differences, string[]]>([
  ['a stopped instance', { have: { wanted: 'stopped' } }, ['start-instance, none']],
  ['a new password', { desired: { passwordFingerprint: 'p2' } }, ['change-password, none']],
  ['another database', { desired: { database: 'b' } }, ['create-database, none']],
  ['another port', { desired: { portWanted: 5433 } }, ['change-endpoint, restart']],
  [
    'a setting that is read again',
    { desired: { settings: { work_mem: '9MB' } } },
    ['change-settings, reload'],
  ],
  [
    'a setting that counts from a start on',
    { desired: { settings: { max_connections: '9' } } },
    ['change-settings, restart'],
  ],
  [
    'a setting that is taken back',
    { have: { settings: { max_connections: '9' } } },
    ['change-settings, restart'],
  ],
  ['TLS required', { desired: { tls: 'required' } }, ['change-settings, reload']],
  ['more memory', { desired: { memoryBytes: 2 ** 31 } }, ['change-settings, restart']],
  ['a part of a CPU more', { desired: { cpus: 1.5 } }, ['change-settings, reload']],
  [
    'a newer minor that is here',
    { choice: { engineId: 'npm-16.15', minor: 15 } },
    ['change-engine, restart'],
  ],
  [
    'a newer minor that is fetched first',
    { choice: { engineId: 'npm-16.15', minor: 15, installed: false } },
    ['install-engine, none', 'change-engine, restart'],
  ],
  [
    'all at once, on a stopped one that has no clients and starts before it is spoken to',
    {
      have: { wanted: 'stopped' },
      desired: { passwordFingerprint: 'p2', database: 'b', tls: 'required', portWanted: 1 },
    },
    [
      'change-endpoint, none',
      'change-settings, none',
      'start-instance, none',
      'change-password, none',
      'create-database, none',
    ],
  ],
])('%s is exactly this', (_, differences, expected) => {
  expect(actions(differences)).toEqual(expected)
})

test('memory that leaves the user’s own settings alone changes nothing that needs a restart', () => {
  const settings = { shared_buffers: '99MB', max_connections: '50' }
  const bigger = { memoryBytes: 2 ** 31, settings }
  expect(actions({ desired: bigger, have: { settings } })).toEqual(['change-settings, reload'])
})

test('a sentence says what changes from what to what', () => {
  const changed = { memoryBytes: 2 ** 30, settings: { work_mem: '9MB' } }
  expect(plan({ desired: changed }).work[0]?.action.sentence).toBe(
    'change memory 512 MiB → 1 GiB, work_mem default → 9MB of “db”',
  )
})

test('an older minor is said to be a way back, a newer one is not', () => {
  const older = plan({ choice: { engineId: 'npm-16.2', minor: 2 } })
  expect(older.work.map((w) => w.action.sentence)).toEqual([
    'go back from Postgres 16.14 to 16.2 with “db”',
  ])
  expect(older.notes.map((n) => n.message)).toEqual([
    expect.stringContaining('16.14 to 16.2: minor versions share their data format'),
  ])
  const newer = plan({ choice: { engineId: 'npm-16.15', minor: 15 } })
  expect(newer.work[0]?.action.sentence).toBe('run “db” on Postgres 16.15 in place of 16.14')
  expect(newer.notes).toEqual([])
})

test.each<[string, Differences, RegExp]>([
  ['another major', { choice: { major: 17, engineId: 'npm-17.2' } }, /major version/],
  ['another owner', { desired: { user: 'ann' } }, /owner cannot be changed/],
  ['a removal that was cut short', { have: { phase: 'deleting' } }, /howdah down db/],
  [
    'high availability straight to affordable',
    {
      input: {
        observed: { project: { ...projectDocument, mode: 'high_availability' }, instances: [] },
      },
    },
    /by way of balanced/,
  ],
])('%s is refused with what to do', (_, differences, words) => {
  const { refusals } = plan(differences)
  expect(refusals).toHaveLength(1)
  expect(refusals[0]).toMatch(words)
})

test('a refused service has no work of its own', () => {
  const refused = plan({ desired: { user: 'ann', passwordFingerprint: 'p2' } })
  expect(refused.work).toEqual([])
})

test('what counts only at a creation is a note, not work', () => {
  const planned = plan({ desired: { initdb: { locale: 'C' }, fromSnapshot: 's1' } })
  expect(planned.work).toEqual([])
  expect(planned.notes.map((n) => n.message)).toEqual([
    expect.stringContaining('POSTGRES_INITDB_ARGS'),
    expect.stringContaining('from-snapshot'),
  ])
})

test('a mode that changes is remembered, a first one goes without saying', () => {
  expect(actions({ input: { mode: 'balanced' } })).toEqual(['remember-mode, none'])
  const observed = { project: undefined, instances: [instance] }
  expect(actions({ input: { mode: 'balanced', observed } })).toEqual([])
})

const fresh = { input: { observed: { project: undefined, instances: [] } } }

test('a new service is created, after its engine was fetched where that is needed', () => {
  expect(actions(fresh)).toEqual(['create-instance, none'])
  expect(actions({ ...fresh, choice: { installed: false } })).toEqual([
    'install-engine, none',
    'create-instance, none',
  ])
  expect(plan(fresh).work[0]?.action.sentence).toBe(
    'create “db”: Postgres 16.14, 512 MiB, database “app” of “app”',
  )
})

test('a new service with a snapshot is restored from it', () => {
  const planned = plan({ ...fresh, desired: { fromSnapshot: 's1' } })
  expect(planned.work.map((w) => w.action.kind)).toEqual(['restore-instance'])
  expect(planned.work[0]?.action.sentence).toContain('from the snapshot s1')
})

test.each<[string, Partial<DesiredInstance>, RegExp]>([
  ['another major', {}, /of Postgres 15 and compose asks for 16.*Ask for 15/],
  ['another owner', { user: 'ann' }, /belongs to the user “app” and compose asks for “ann”/],
])('a snapshot of %s is refused before anything is done', (what, changes, words) => {
  const version = what === 'another major' ? '15.9' : '16.2'
  const snapshot = { ...snapshotDocument, version }
  const wanted = [{ desired: { ...desired, ...changes, fromSnapshot: 's1' }, choice, snapshot }]
  const planned = plan({ input: { ...fresh.input, wanted } })
  expect(planned.work).toEqual([])
  expect(planned.refusals).toEqual([expect.stringMatching(words)])
})

test('a snapshot of the same owner and major is restored, whatever its minor', () => {
  const snapshot = { ...snapshotDocument, version: '16.2' }
  const wanted = [{ desired: { ...desired, fromSnapshot: 's1' }, choice, snapshot }]
  expect(actions({ input: { ...fresh.input, wanted } })).toEqual(['restore-instance, none'])
})

test('an extension that is missing is a note with what would bring it', () => {
  const missingExtensions = [{ name: 'vector', bringsIt: 'postgresql-16-pgvector' }]
  const { notes } = plan({ ...fresh, choice: { missingExtensions } })
  expect(notes.map((n) => n.message)).toEqual([
    '“db” goes on without the extension vector. To have it: postgresql-16-pgvector',
  ])
})

test('an instance that compose names no more stays, and its new name is told of', () => {
  const planned = plan({
    desired: { service: 'database' },
    input: { observed: { project: projectDocument, instances: [instance] } },
  })
  expect(planned.work.map((w) => [w.action.kind, w.action.service])).toEqual([
    ['create-instance', 'database'],
  ])
  expect(planned.orphans).toEqual(['db'])
  // The orphan is not in the notes as well: a plan shows each of its orphans by itself.
  expect(planned.notes.map((n) => n.message)).toEqual([
    expect.stringContaining('if you renamed “db”, move its data with'),
  ])
})

test('what is made from a snapshot is not called empty', () => {
  const observed = { project: projectDocument, instances: [instance] }
  const planned = plan({
    desired: { service: 'database', fromSnapshot: 's1' },
    input: { observed },
  })
  expect(planned.notes).toEqual([])
})

test('a plan never holds a password', () => {
  const text = JSON.stringify(plan(fresh).work.map((w) => w.action))
  expect(text).not.toMatch(/sealed|print-1/)
})
