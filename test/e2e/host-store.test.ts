import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { homeLayout } from '../../src/daemon/home.ts'
import { readHostFile, writeHostFile } from '../../src/daemon/host/host-file.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { signal } from '../../src/system/processes.ts'
import { type Lab, openLab } from '../support/lab-home.ts'
import { project } from '../support/lab/desired.ts'
import { withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { beginCluster, memberOf, openClusterStore } from '../support/lab/host-home.ts'
import { until } from '../support/lab/until.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''
const etcdTest = test.skipIf(withoutEtcd)

/** What nobody changes while nothing is done; the rest is seen anew, or is of the moment. */
const lasting = [
  'projects/',
  'instances/',
  'members/',
  'credentials/',
  'config/',
  'operations/',
  'locks/',
  'lineages/',
  'repositories/',
]

type Contents = Record<string, unknown>

async function contents(opened: Store): Promise<Contents> {
  const all = await opened.list('')
  await opened.close()
  return Object.fromEntries(
    all
      .filter(({ key }) => lasting.some((prefix) => key.startsWith(prefix)))
      .map(({ key, value }) => [key, value]),
  )
}

const withoutHost = (found: Contents): Contents =>
  Object.fromEntries(
    Object.entries(found).map(([key, value]) => {
      const { host: _, ...rest } = value as { host?: string }
      return [key, rest]
    }),
  )

const inSqlite = (lab: Lab): Promise<Contents> =>
  contents(openSqliteStore(homeLayout(lab.home).state))
const inCluster = async (lab: Lab): Promise<Contents> => contents(await openClusterStore(lab.home))

/** The server of the only instance, once it is seen to run. */
const serverPid = (lab: Lab): Promise<number> =>
  until('a server that is ready', async () => {
    const [instance] = await lab.api.listInstances({})
    return instance?.state === 'ready' && instance.pid
  })

/** Says where the state is to be from the next opening on. */
async function turnTo(lab: Lab, state: 'moving' | 'leaving'): Promise<void> {
  const file = await readHostFile(lab.home)
  if (!file) throw new Error('it is no host')
  await writeHostFile(lab.home, { ...file, state, isLast: true })
}

etcdTest(
  `the state of a home moves to etcd and back while its server runs on${reason}`,
  async () => {
    await using lab = await openLab()
    let daemon = await lab.startDaemon()
    await lab.finished(await lab.api.upProject(project('shop')))
    const pid = await serverPid(lab)
    await daemon.kill('SIGTERM')
    const before = await inSqlite(lab)
    expect(Object.keys(before).length).toBeGreaterThan(4)

    await beginCluster(lab.home)
    await turnTo(lab, 'moving')
    daemon = await lab.startDaemon()
    expect(await serverPid(lab)).toBe(pid)
    const moved = await inCluster(lab)
    expect(withoutHost(moved)).toEqual(before)
    expect(moved['members/shop/db/0']).toMatchObject({ host: 'h1' })
    expect(existsSync(homeLayout(lab.home).state)).toBe(false)
    await until('a word of the host', async () => {
      const store = await openClusterStore(lab.home)
      const status = await store.get('host-status/h1')
      await store.close()
      return status
    })
    // It works there as it did: what is asked for is done.
    const named = { project: 'shop', services: ['db'] }
    const restarted = await lab.finished(await lab.api.restartInstances(named))
    expect(restarted.error).toBe(undefined)
    const later = await serverPid(lab)
    const copies = await readdir(join(lab.home, 'state-backups'))
    expect(copies.some((name) => name.endsWith('.jsonl'))).toBe(true)

    // Killed, as a daemon may be: the next one finds everything there.
    await daemon.kill('SIGKILL')
    const inEtcd = await inCluster(lab)
    await turnTo(lab, 'leaving')
    daemon = await lab.startDaemon()
    expect(await serverPid(lab)).toBe(later)
    expect(await readHostFile(lab.home)).toBe(undefined)
    await daemon.kill('SIGTERM')
    expect(await inSqlite(lab)).toEqual(withoutHost(inEtcd))
    await memberOf(lab.home).remove()
  },
)

etcdTest(`a member of etcd that dies is started again by its daemon${reason}`, async () => {
  await using lab = await openLab()
  let daemon = await lab.startDaemon()
  await daemon.kill('SIGTERM')
  await beginCluster(lab.home)
  await turnTo(lab, 'moving')
  daemon = await lab.startDaemon()
  const first = await memberOf(lab.home).running()
  expect(first && signal(first, 'SIGKILL')).toBe(true)
  await until('a new member', async () => {
    const now = await memberOf(lab.home).running()
    return now !== undefined && now.pid !== first?.pid
  })
  expect(await lab.api.listInstances({})).toEqual([])
  await until('an event that tells of it', async () => {
    const events = await lab.api.listEvents({})
    return events.some(({ kind }) => kind === 'etcd-restarted')
  })
  await daemon.kill('SIGTERM')
  await memberOf(lab.home).remove()
})
