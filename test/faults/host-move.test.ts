import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openAuthority } from '../../src/daemon/authority.ts'
import { homeLayout } from '../../src/daemon/home.ts'
import { readHostFile, writeHostFile } from '../../src/daemon/host/host-file.ts'
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { ensureDirectory, removeTree } from '../../src/system/files.ts'
import { withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { beginCluster, memberOf, openClusterStore } from '../support/lab/host-home.ts'
import { runFolder } from '../support/lab/run-folder.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''
const dyingOpening = fileURLToPath(new URL('../support/dying-opening.ts', import.meta.url))
/** Enough for more than one write of many. */
const documents = Object.fromEntries(
  Array.from({ length: 450 }, (_, n) => [`events/${String(n).padStart(4, '0')}`, { id: `${n}` }]),
)

type Contents = Record<string, unknown>

const put = (store: Store, all: Contents): Promise<number> =>
  store.write(Object.entries(all).map(([key, value]) => ({ kind: 'put', key, value })))

async function contents(store: Store): Promise<Contents> {
  const all = await store.list('')
  await store.close()
  return Object.fromEntries(all.map(({ key, value }) => [key, value]))
}

/** A home with its member of etcd, whose state is in one of both. */
async function openHome() {
  const home = await mkdtemp(join(runFolder(), 'host-'))
  const { run, keys, state, stateBeforeCluster } = homeLayout(home)
  for (const folder of [run, keys]) await ensureDirectory(folder, { mode: 0o711 })
  await ensureDirectory(home, { mode: 0o711 })
  await openAuthority(home)
  const file = await beginCluster(home)
  const cluster = await openClusterStore(home)
  const empty = async (): Promise<void> => {
    for (const path of [state, `${state}-wal`, `${state}-shm`, stateBeforeCluster]) {
      await removeTree(path)
    }
    const keys = (await cluster.list('')).map(({ key }) => key)
    if (keys.length > 0) await cluster.write(keys.map((key) => ({ kind: 'delete', key })))
  }
  return {
    home,
    /** All is in SQLite, and is to move. */
    async beforeMoving(): Promise<void> {
      await empty()
      const sqlite = openSqliteStore(state)
      await put(sqlite, documents)
      await sqlite.close()
      await writeHostFile(home, { ...file, state: 'moving' })
    },
    /** All is in etcd, and is to come back. */
    async beforeLeaving(): Promise<void> {
      await empty()
      await put(cluster, documents)
      await writeHostFile(home, { ...file, state: 'leaving', isLast: true })
    },
    inCluster: async () => contents(await openClusterStore(home)),
    inSqlite: () => contents(openSqliteStore(state)),
    async [Symbol.asyncDispose]() {
      await cluster.close()
      await memberOf(home).remove()
      await removeTree(home)
    },
  }
}

/** True when it came to its end; false when it died before its n-th effect. */
const opening = (home: string, n = Infinity): Promise<boolean> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [dyingOpening, home, String(n)], (error, _, stderr) => {
      if (!error) resolve(true)
      else if (error.signal === 'SIGKILL') resolve(false)
      else reject(new Error(stderr))
    })
  })

test.skipIf(withoutEtcd)(
  `a daemon that dies at any effect of a move to etcd has it finished by the next${reason}`,
  async () => {
    await using host = await openHome()
    for (let n = 1; ; n++) {
      await host.beforeMoving()
      const isDone = await opening(host.home, n)
      if (!isDone) await opening(host.home)
      const round = `before effect ${n}`
      expect(await host.inCluster(), round).toEqual(documents)
      expect((await readHostFile(host.home))?.state, round).toBe('member')
      expect(existsSync(homeLayout(host.home).state), round).toBe(false)
      expect(existsSync(homeLayout(host.home).stateBeforeCluster), round).toBe(true)
      if (isDone) return expect(n).toBeGreaterThan(5)
    }
  },
)

test.skipIf(withoutEtcd)(
  `a daemon that dies at any effect of a move back to SQLite has it finished by the next${reason}`,
  async () => {
    await using host = await openHome()
    for (let n = 1; ; n++) {
      await host.beforeLeaving()
      const isDone = await opening(host.home, n)
      if (!isDone) await opening(host.home)
      const round = `before effect ${n}`
      expect(await host.inSqlite(), round).toEqual(documents)
      expect(await readHostFile(host.home), round).toBe(undefined)
      if (isDone) return expect(n).toBeGreaterThan(5)
    }
  },
)
