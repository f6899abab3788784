import { expect, test } from 'vitest'
import type { DrillDocument } from '../../contract/documents/lineage.ts'
import {
  ago,
  backup,
  DAY_MS,
  type Given,
  HOUR_MS,
  idsOf,
  openHome,
  runPrune,
} from './prune.suite.ts'

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

test('a lineage that is too old by a clock that nothing bears out stays', async () => {
  const home = await openHome({
    removed: true,
    backups: [backup(40)],
    lineage: { closedAt: ago(40 * DAY_MS), createdAt: ago(50 * DAY_MS) },
  })
  const jump = { byMs: 30 * DAY_MS, leftMs: HOUR_MS, atMs: Date.now() - 23 * HOUR_MS }
  const clock = { format: 1 as const, wallMs: Date.now(), uptimeMs: DAY_MS, jumps: [jump] }
  await home.store.write([home.docs.clocks.put(['machine'], clock)])
  await runPrune(home)
  expect(await home.docs.lineages.get('l00001')).toBeDefined()
  await home.store.write([home.docs.clocks.put(['machine'], { ...clock, jumps: [] })])
  expect((await runPrune(home)).operation.output).toMatchObject({ outcome: 'expired' })
  expect(await home.docs.lineages.get('l00001')).toBeUndefined()
})
