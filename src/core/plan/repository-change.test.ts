import { expect, test } from 'vitest'
import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'
import { choice, desired, instance, projectDocument } from './documents.suite.ts'
import { planProject } from './plan-project.ts'
import type { WrittenLineage } from './repository-change.ts'

const own: WrittenLineage = { id: 'l00001', engine: 'copy', keptIn: {} }
const inVault: WrittenLineage = { ...own, engine: 'pgbackrest', keptIn: { repository: 'vault' } }
const withFar: WrittenLineage = { ...inVault, keptIn: { repository: 'vault', offsite: 'far' } }

/** The work on an instance that writes such a lineage, whose own document says what compose said before. */
function workOf(
  lineage: WrittenLineage,
  policy: Partial<BackupPolicy>,
  before: Partial<BackupPolicy> = {},
) {
  const have = {
    ...instance,
    lineage: lineage.id,
    backups: { ...defaultBackupPolicy, ...before },
  }
  const backups = { ...defaultBackupPolicy, ...policy }
  const { work, refusals } = planProject({
    project: 'shop',
    mode: 'affordable',
    wanted: [{ desired: { ...desired, backups }, choice }],
    notes: [],
    observed: { project: projectDocument, instances: [have], lineages: { db: lineage } },
    contexts: {},
  })
  expect(refusals).toEqual([])
  return work.map(({ action, lineage: held }) => ({
    does: `${action.kind}, ${action.impact}: ${action.sentence}`,
    held,
  }))
}

test('backups that go where the policy says are no work', () => {
  expect(workOf(own, {})).toEqual([])
  expect(workOf(inVault, { repository: 'vault' }, { repository: 'vault' })).toEqual([])
  const twice = { repository: 'vault', offsite: 'vault' }
  expect(workOf(inVault, twice, twice)).toEqual([])
})

test('another repository is a new history, whichever of the two is this home, and says what becomes of the old one', () => {
  const kept = 'is closed and can be restored for 30d more'
  expect(workOf(own, { repository: 'vault' })).toEqual([
    {
      does: `renew-lineage, reload: begin a new backup history of “db” in the repository “vault”, with a base backup at once; the one until then, in this home, ${kept}`,
      held: 'l00001',
    },
  ])
  expect(workOf(inVault, {}, { repository: 'vault' })[0]?.does).toBe(
    `renew-lineage, reload: begin a new backup history of “db” in this home, with a base backup at once; the one until then, in the repository “vault”, ${kept}`,
  )
})

test('what was only written down by an earlier version is done by the next up', () => {
  const asked = { repository: 'vault' }
  expect(workOf(own, asked, asked)[0]?.does).toContain('renew-lineage')
})

test('what else changes of the backups is said and done with it', () => {
  const [work, ...more] = workOf(own, { repository: 'vault', keepBases: 3 })
  expect(more).toEqual([])
  expect(work?.does).toMatch(/; change the backups of “db”: keep-bases 2 → 3$/)
})

test('a second place comes and goes without a new history', () => {
  const vault = { repository: 'vault' }
  const both = { ...vault, offsite: 'far' }
  expect(workOf(inVault, both, vault)[0]?.does).toBe(
    'change-offsite, reload: keep a second copy of the backups of “db” in “far”, with a base backup at once',
  )
  expect(workOf(withFar, vault, both)[0]?.does).toBe(
    'change-offsite, reload: keep no second copy of the backups of “db”; what is in “far” stays there, and is looked after no more',
  )
  expect(workOf(withFar, { ...vault, offsite: 'moon' }, both)[0]?.does).toMatch(
    /a second copy .* in “moon”.*; what is in “far” stays there/,
  )
})

test('copies have no second place, so that one begins a history which can', () => {
  expect(workOf(own, { offsite: 'far' })[0]?.does).toMatch(
    /^renew-lineage, .* in this home, with a second copy in “far”, with a base backup at once/,
  )
})
