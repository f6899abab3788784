import { expect, test } from 'vitest'
import { defaultBackupPolicy } from '../../src/contract/backup-policy.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { project } from '../support/lab/desired.ts'
import { until } from '../support/lab/until.ts'
import { type Lab, openLab } from '../support/lab-home.ts'

/** The newest operation of a kind that has ended, however. */
const ended = ({ api }: Lab, kind: string): Promise<Operation> =>
  until(`the end of a ${kind}`, async () => {
    const all = await api.listOperations({})
    return all.find((o) => o.kind === kind && o.finishedAt !== undefined)
  })

const up = async (lab: Lab, ...given: Parameters<typeof project>): Promise<Operation> =>
  lab.finished(await lab.api.upProject(project(...given)))

test('a new instance is backed up and the restore of it proven, without being asked', async () => {
  await using lab = await openLab({ schedules: true })
  await lab.startDaemon()
  expect(await up(lab, 'shop')).toMatchObject({ state: 'done' })
  expect(await ended(lab, 'backup-create')).toMatchObject({ state: 'done' })
  expect(await ended(lab, 'drill')).toMatchObject({ state: 'done' })
  const [lineage] = await lab.api.listLineages({ project: 'shop' })
  expect(lineage).toMatchObject({
    state: 'open',
    backups: 1,
    provenAt: expect.any(String) as string,
  })
  // Nothing of it is a change of what compose says.
  expect((await lab.api.planProject(project('shop'))).actions).toEqual([])
})

test('a lab’s daemon does nothing by itself when it is not told to', async () => {
  await using lab = await openLab()
  await lab.startDaemon()
  await up(lab, 'shop')
  // A change of policy is one more operation, after which a schedule would have long begun.
  const backups = { ...defaultBackupPolicy, keepBases: 3 }
  const { actions } = await lab.api.planProject(project('shop', { backups }))
  expect(actions.map((a) => a.kind)).toEqual(['change-backups'])
  expect(await up(lab, 'shop', { backups })).toMatchObject({ state: 'done' })
  expect((await lab.api.planProject(project('shop', { backups }))).actions).toEqual([])
  expect((await lab.api.listOperations({})).map((o) => o.kind)).toEqual(['up', 'up'])
})
