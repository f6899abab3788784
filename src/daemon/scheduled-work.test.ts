import { expect, test } from 'vitest'
import type { ClockMemory } from '../core/policy/expiry-clock.ts'
import { enqueue } from '../operations/enqueue.ts'
import {
  ago,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  openScheduledHome,
  procedures,
} from './scheduled-home.suite.ts'
import { enqueueDue } from './scheduled-work.ts'

type Home = ReturnType<typeof openScheduledHome>

/** One look at the home, on a machine that never slept. */
const look = ({ d }: Home, nowMs = Date.now(), told = new Set<string>()): Promise<number> =>
  enqueueDue(d, procedures, { nowMs, clock: believed(nowMs), awakeSinceMs: 0, told })

/** A clock that nothing speaks against. */
const believed = (wallMs: number): ClockMemory => ({ wallMs, uptimeMs: wallMs, jumps: [] })

const backupOf = (service: string) => [
  'backup-create',
  { lineage: `lineage${service}`, kind: 'full', of: `shop/${service}`, scheduled: true },
]
const drillOf = (service: string) => [
  'drill',
  { lineage: `lineage${service}`, of: `shop/${service}`, scheduled: true },
]
const pruneOf = (service: string) => [
  'prune',
  { lineage: `lineage${service}`, of: `shop/${service}`, scheduled: true },
]

test('a new instance gets its first base, once, and then a drill', async () => {
  const home = openScheduledHome()
  await home.addInstance('db')
  await look(home)
  await look(home)
  expect(await home.live()).toEqual([backupOf('db')])
  await home.addBackup('db', 0)
  await home.endAll('done')
  await look(home)
  expect(await home.live()).toEqual([drillOf('db')])
})

test('what is due of one lineage at once goes one after the other', async () => {
  const home = openScheduledHome()
  await home.addInstance('db')
  await home.addBackup('db', 8 * DAY_MS)
  for (const work of [backupOf, drillOf, pruneOf]) {
    await look(home)
    expect(await home.live()).toEqual([work('db')])
    if (work === backupOf) await home.addBackup('db', 0)
    await home.endAll('done')
  }
})

test('of many that are due one goes at a time, bases before drills, clean-ups beside them', async () => {
  const home = openScheduledHome()
  for (const service of ['a', 'b', 'c']) await home.addInstance(service)
  await home.addBackup('a', 8 * DAY_MS)
  await home.addBackup('a', 10 * MINUTE_MS)
  await look(home)
  await look(home)
  expect(await home.live()).toEqual([backupOf('b'), pruneOf('a')])
  await home.addBackup('b', 0)
  await home.endAll('done')
  await look(home)
  expect(await home.live()).toEqual([backupOf('c')])
  await home.addBackup('c', 0)
  await home.endAll('done')
  await look(home)
  expect(await home.live()).toEqual([drillOf('a')])
})

test('a backup that a person asked for is in nobody’s way but its lineage’s', async () => {
  const home = openScheduledHome()
  for (const service of ['a', 'b']) await home.addInstance(service)
  await enqueue(home.d, procedures[0]!, { lineage: 'lineagea', kind: 'full' })
  await look(home)
  expect(await home.live()).toEqual([
    ['backup-create', { lineage: 'lineagea', kind: 'full' }],
    backupOf('b'),
  ])
})

test('what failed is tried again after its pause, and not before', async () => {
  const home = openScheduledHome()
  await home.addInstance('db')
  await look(home)
  await home.endAll('failed')
  const nextMs = await look(home)
  expect(await home.live()).toEqual([])
  expect(Math.abs(nextMs - Date.now() - MINUTE_MS)).toBeLessThan(10_000)
  await look(home, nextMs)
  expect(await home.live()).toEqual([backupOf('db')])
})

test.each(['initialising', 'starting', 'crashed', 'failed'] as const)(
  'a server that is %s is waited for',
  async (state) => {
    const home = openScheduledHome()
    await home.addInstance('db')
    await home.see('db', state)
    await look(home)
    expect(await home.live()).toEqual([])
    await home.see('db', 'ready')
    await look(home)
    expect(await home.live()).toEqual([backupOf('db')])
  },
)

test('an instance in the making and one without a lineage have nothing due', async () => {
  const home = openScheduledHome()
  await home.addInstance('a', { instance: { phase: 'creating' } })
  await home.addInstance('b', { instance: { lineage: undefined } })
  await look(home)
  expect(await home.live()).toEqual([])
})

test('lineages of another home are left alone', async () => {
  const home = openScheduledHome()
  const closedAt = ago(90 * DAY_MS)
  await home.addInstance('db', { lineage: { directory: '/mnt/usb/l', closedAt } })
  await home.addBackup('db', 100 * DAY_MS)
  await home.store.write([home.docs.instances.remove(['shop', 'db'])])
  expect(await look(home)).toBe(Infinity)
  expect(await home.live()).toEqual([])
})

test('the history of a removed instance is cleaned up when its time is over', async () => {
  const home = openScheduledHome()
  const closedAt = ago(31 * DAY_MS)
  await home.addInstance('db', { lineage: { closedAt, createdAt: closedAt } })
  await home.store.write([home.docs.instances.remove(['shop', 'db'])])
  await look(home)
  expect(await home.live()).toEqual([pruneOf('db')])
})

test('a branch goes when its time is over, and what fails is tried again later', async () => {
  const home = openScheduledHome()
  const branch = { service: 'db', lineage: 'l00001', at: ago(DAY_MS), shared: true }
  await home.addInstance('young', { instance: { branch: { ...branch, expiresAt: ago(-HOUR_MS) } } })
  await home.addInstance('old', { instance: { branch: { ...branch, expiresAt: ago(1) } } })
  await home.addInstance('kept', { instance: { branch } })
  const removal = [
    'branch-remove',
    { project: 'shop', service: 'old', expired: true, scheduled: true },
  ]
  await look(home)
  expect(await home.live()).toContainEqual(removal)
  expect((await home.live()).filter(([kind]) => kind === 'branch-remove')).toHaveLength(1)
  await home.endAll('failed')
  await look(home)
  expect(await home.live()).not.toContainEqual(removal)
})

test('what is overdue is told once, also over restarts, and again when it comes back', async () => {
  const home = openScheduledHome()
  await home.addInstance('db', { lineage: { createdAt: ago(3 * DAY_MS), provenAt: ago(0) } })
  const told = new Set<string>()
  for (let n = 0; n < 3; n++) await look(home, Date.now(), told)
  await look(home)
  expect(home.events).toMatchObject([
    { severity: 'error', kind: 'backup-overdue', subject: 'shop/db' },
  ])
  // Done, and then nothing for days: told anew.
  await home.addBackup('db', 0)
  await look(home, Date.now(), told)
  expect(home.events).toHaveLength(1)
  await look(home, Date.now() + 3 * DAY_MS, told)
  expect(home.events.filter((e) => e.kind === 'backup-overdue')).toHaveLength(2)
})

test('one kind that cannot be begun is told, and hinders no other', async () => {
  const home = openScheduledHome()
  await home.addInstance('a')
  await home.addBackup('a', 0)
  await home.addInstance('b', {
    lineage: { closedAt: ago(31 * DAY_MS), createdAt: ago(60 * DAY_MS) },
  })
  await home.store.write([home.docs.instances.remove(['shop', 'b'])])
  const withoutDrill = procedures.filter((p) => p.kind !== 'drill')
  const nowMs = Date.now()
  const round = { nowMs, clock: believed(nowMs), awakeSinceMs: 0, told: new Set<string>() }
  await expect(enqueueDue(home.d, withoutDrill, round)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('“drill”') as unknown,
  })
  expect(await home.live()).toContainEqual(pruneOf('b'))
})

test('a clock that went ahead removes nothing for its age, and people are told once', async () => {
  const home = openScheduledHome()
  await home.addInstance('old', { lineage: { closedAt: ago(HOUR_MS) } })
  await home.store.write([home.docs.instances.remove(['shop', 'old'])])
  await home.addInstance('try', {
    instance: {
      branch: {
        service: 'db',
        lineage: 'lineagedb',
        at: ago(HOUR_MS),
        shared: false,
        expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
      },
    },
  })
  const nowMs = Date.now() + 400 * DAY_MS
  const jump = { byMs: 400 * DAY_MS, leftMs: 20 * HOUR_MS, atMs: nowMs - 4 * HOUR_MS }
  const clock = { wallMs: nowMs, uptimeMs: 4 * HOUR_MS, jumps: [jump] }
  const round = { nowMs, clock, awakeSinceMs: nowMs, told: new Set<string>() }
  const removals = async () =>
    (await home.live()).map(([kind]) => kind).filter((k) => k === 'prune' || k === 'branch-remove')
  await enqueueDue(home.d, procedures, round)
  await enqueueDue(home.d, procedures, round)
  expect(await removals()).toEqual([])
  const held = home.events.filter((e) => e.kind === 'expiry-waits')
  expect(held.map((e) => e.severity)).toEqual(['warning'])
  expect(held[0]?.message).toBe(
    'the clock went ahead by 400d in which this machine did not run: it was off, or its clock is wrong now. ' +
      'What is too old by that clock is kept until the daemon has run for 20h more: ' +
      'the backup history of shop/old, which was removed (`howdah lineage rm lineageold`), ' +
      'the branch “try” (`howdah -p shop branch rm try`). If the clock is wrong, set it right before then',
  )
  await enqueueDue(home.d, procedures, { ...round, clock: believed(nowMs) })
  expect(await removals()).toEqual(['branch-remove', 'prune'])
})

test('a host does what is due of its own instances and leaves the others’ to their daemons', async () => {
  const home = openScheduledHome()
  await home.addInstance('a', { instance: { host: 'h1' }, lineage: { host: 'h1' } })
  await home.addInstance('b', { instance: { host: 'h2' }, lineage: { host: 'h2' } })
  const on = (host: string) => look({ ...home, d: { ...home.d, host } })
  await on('h1')
  expect(await home.live()).toEqual([backupOf('a')])
  // What is heavy on one host is in no other host's way.
  await on('h2')
  expect(await home.live()).toEqual([backupOf('a'), backupOf('b')])
  const hosts = (await home.docs.operations.list()).map(({ value }) => value.host)
  expect(new Set(hosts)).toEqual(new Set(['h1', 'h2']))
})
