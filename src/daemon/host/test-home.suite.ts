import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { HostFile } from '../../contract/documents/host.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { ensureDirectory, writeAtomic } from '../../system/files.ts'
import { homeLayout } from '../home.ts'

/** The first host of a cluster, whose state is in etcd. */
export const memberFile: HostFile = {
  format: 1,
  state: 'member',
  host: { name: 'h1', address: '10.0.0.1' },
  cluster: 'c',
  ports: { api: 7432, etcdClient: 7433, etcdPeer: 7434, etcdMetrics: 7435 },
  came: 'first',
  etcdHosts: ['10.0.0.1'],
}

/** A home with a key and an authority that say “own”, and a store in the place of the cluster’s: it passes the same suite. */
export async function openTestHome() {
  const home = await mkdtemp(join(tmpdir(), 'howdah-host-'))
  const store = openSqliteStore(':memory:')
  onTestFinished(async () => {
    await store.close()
    await rm(home, { recursive: true })
  })
  const { keys, ca, configKey, caKey, caCertificate } = homeLayout(home)
  await ensureDirectory(keys, { mode: 0o700 })
  await ensureDirectory(ca, { mode: 0o755 })
  for (const path of [configKey, caKey, caCertificate]) {
    await writeAtomic(path, 'own\n', { mode: 0o600 })
  }
  return { home, store, docs: documents(store) }
}
