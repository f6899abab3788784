import { expect, test } from 'vitest'
import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { Work, type DesiredInstance } from '../../contract/documents/work.ts'
import * as suite from './documents.suite.ts'
import { type PlanInput, planProject, type Wanted } from './plan-project.ts'

const { choice, projectDocument } = suite
const instance: InstanceDocument = { ...suite.instance, lineage: 'l00001' }
const DAY_MS = 24 * 60 * 60 * 1000

const desired = (changes: Partial<DesiredInstance> = {}): Wanted => ({
  desired: { ...suite.desired, ...changes },
  choice,
})

function planOf(wanted: readonly Wanted[], observed: Partial<PlanInput['observed']> = {}) {
  const planned = planProject({
    project: 'shop',
    mode: 'affordable',
    wanted,
    notes: [],
    observed: { project: projectDocument, instances: [instance], ...observed },
    contexts: {},
  })
  for (const work of planned.work) expect(Work.parse(work)).toEqual(work)
  return planned
}

const actions = (...given: Parameters<typeof planOf>): string[] => {
  const { work, refusals } = planOf(...given)
  expect(refusals).toEqual([])
  return work.map(({ action }) => `${action.kind}, ${action.impact}: ${action.sentence}`)
}

const policy = (changes: Partial<BackupPolicy>): BackupPolicy => ({
  ...defaultBackupPolicy,
  ...changes,
})

test('the defaults written out are no difference, on either side', () => {
  const written = { backups: policy({}) }
  expect(actions([desired(written)])).toEqual([])
  expect(actions([desired()], { instances: [{ ...instance, ...written }] })).toEqual([])
})

test.each<[string, Partial<DesiredInstance>, string]>([
  [
    'a policy',
    { backups: policy({ everyMs: DAY_MS / 2, at: '03:15', drillEveryMs: 0, offsite: 'far' }) },
    'change the backups of “db”: every 1d → 12h, at a time of its own → 03:15, drill 1d → off, offsite none → far',
  ],
  [
    'a longer window',
    { backups: policy({ keepMs: 14 * DAY_MS }) },
    'change the backups of “db”: keep 7d → 14d',
  ],
  [
    'a shorter window, with what it loses',
    { backups: policy({ keepMs: 2 * DAY_MS }) },
    'change the backups of “db”: keep 7d → 2d, so that moments which lie 2d to 7d back can no longer be restored',
  ],
  ['a sleep', { suspendAfterMs: 300_000 }, 'change when “db” sleeps: suspend-after off → 5m'],
  [
    'both',
    { backups: policy({ keepBases: 3 }), suspendAfterMs: 300_000 },
    'change the backups of “db”: keep-bases 2 → 3; change when “db” sleeps: suspend-after off → 5m',
  ],
])('%s is changed without touching the server', (_, changes, sentence) => {
  expect(actions([desired(changes)])).toEqual([`change-backups, none: ${sentence}`])
})

test('a policy that compose says no more goes back to the defaults', () => {
  const have = { ...instance, backups: policy({ keepBases: 5 }), suspendAfterMs: 1000 }
  expect(actions([desired()], { instances: [have] })).toEqual([
    'change-backups, none: change the backups of “db”: keep-bases 5 → 2; change when “db” sleeps: suspend-after 1s → off',
  ])
})

test('an instance of the first version begins to archive with one restart, whatever else its server was told', () => {
  const observed = { instances: [suite.instance], drifted: ['db'] }
  expect(actions([desired()], observed)).toEqual([
    'start-archiving, restart: begin to keep backups of “db”, which restarts its server once',
  ])
  const stopped = { instances: [{ ...suite.instance, wanted: 'stopped' as const }] }
  expect(actions([desired()], stopped).map((a) => a.split(':')[0])).toEqual([
    'start-archiving, none',
    'start-instance, none',
  ])
})

test('an instance that sleeps sleeps on, unless its server must be spoken to', () => {
  const asleep = { instances: [{ ...instance, wanted: 'suspended' as const }] }
  const kinds = (changes: Partial<DesiredInstance>) =>
    actions([desired(changes)], asleep).map((a) => a.split(':')[0])
  expect(kinds({})).toEqual([])
  expect(kinds({ settings: { work_mem: '9MB' } })).toEqual(['change-settings, none'])
  expect(kinds({ passwordFingerprint: 'p2' })).toEqual([
    'start-instance, none',
    'change-password, none',
  ])
  expect(kinds({ database: 'b' })).toEqual(['start-instance, none', 'create-database, none'])
})

const branch = (service: string, of: string, changes: Partial<DesiredInstance> = {}): Wanted =>
  desired({ service, branchOf: { service: of }, ...changes })

test('a branch is made after what it branches from, however compose orders them', () => {
  const wanted = [branch('b2', 'b1'), branch('b1', 'db'), desired(), desired({ service: 'other' })]
  expect(actions(wanted, { instances: [] }).map((a) => a.split(':')[0])).toEqual([
    'create-instance, none',
    'create-instance, none',
    'create-branch, none',
    'create-branch, none',
  ])
  const order = planOf(wanted, { instances: [] }).work.map((w) => w.action.service)
  expect(order).toEqual(['db', 'other', 'b1', 'b2'])
})

test('the sentence of a branch says of what, and for how long', () => {
  const life = { service: 'db', expiresAfterMs: 7 * DAY_MS }
  expect(actions([desired(), branch('preview', 'db', { branchOf: life })])).toEqual([
    'create-branch, none: make “preview” as a branch of “db”: Postgres 16.14, 512 MiB, for 7d',
  ])
})

test.each<[string, Wanted, RegExp]>([
  ['another owner', branch('b', 'db', { user: 'ann' }), /belongs to the user “app”/],
  ['another major', { ...branch('b', 'db'), choice: { ...choice, major: 17 } }, /Ask for 16/],
  ['nothing', branch('b', 'gone'), /neither in compose nor here/],
])('a branch of %s is refused with what to do', (_, wanted, words) => {
  const { work, refusals } = planOf([desired(), wanted])
  expect(work).toEqual([])
  expect(refusals).toEqual([expect.stringMatching(words)])
})

test('branches of each other, which no compose file gives, end in a plan all the same', () => {
  const { work } = planOf([branch('a', 'b'), branch('b', 'a')], { instances: [] })
  expect(work).toHaveLength(2)
})

test('a branch that is there is no work, and branch-of on what is none is a note', () => {
  const { work, notes } = planOf([branch('db', 'main')])
  expect(work).toEqual([])
  expect(notes.map((n) => n.message)).toEqual([
    expect.stringContaining('exists already and is no branch of “main”'),
  ])
  const at = '2026-01-02T03:04:05.000Z'
  const made = { ...instance, branch: { service: 'main', lineage: 'l00002', at, shared: true } }
  expect(planOf([branch('db', 'main')], { instances: [made] })).toMatchObject({
    work: [],
    notes: [],
  })
})
