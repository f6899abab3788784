import { onTestFinished } from 'vitest'
import { fakeRepositories } from '../backups/fake/fake-backup-engine.ts'
import { createClient } from '../client/client.ts'
import type { Caller } from '../contract/access.ts'
import { api } from '../contract/api.ts'
import type {
  ArchiveDocument,
  BackupDocument,
  LineageDocument,
} from '../contract/documents/lineage.ts'
import type { InstanceDocument } from '../contract/documents/instance.ts'
import { instance, lineageDocument as bareLineage, member } from '../core/plan/documents.suite.ts'
import { recipeOf } from '../operations/lineage/recipe.ts'
import { dependenciesOf, Life, secrets } from '../operations/fake-host.suite.ts'
import { fakeMachine } from '../drivers/fake/fake-driver.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { createApp } from './app.ts'
import type { Services } from './services.ts'

/** The daemon's application on a store and a machine in memory, and a client of it. No worker and no agent runs. `asHost`: what is other there. */
export function openApi(asHost: Partial<Services> = {}) {
  const store = asHost.store ?? openSqliteStore(':memory:')
  if (!asHost.store) onTestFinished(() => store.close())
  const repositories = fakeRepositories()
  const { dependencies } = dependenciesOf(store, fakeMachine(), repositories, new Life())
  const services: Services = {
    ...dependencies,
    daemon: { status: () => Promise.reject(new Error('not asked')), stop: () => {} },
    caFile: '/h/ca.crt',
    peers: { call: () => Promise.reject(new Error('not asked')) },
    uploads: { keep: () => Promise.reject(new Error('not asked')), has: () => false },
    remote: {
      listening: () => undefined,
      listen: () => Promise.reject(new Error('not asked')),
      stop: async () => false,
    },
    repositories: {
      admit: () => Promise.resolve(),
      check: ({ repository: { name } }) =>
        Promise.resolve({
          name,
          ok: true,
          sentence: 'fine',
          checkedAt: '2026-01-02T03:04:05.000Z',
        }),
    },
    async *readLog() {},
    ...asHost,
  }
  const defects: unknown[] = []
  const app = createApp(services, (error) => defects.push(error))
  const caller: Caller = { name: 'root', role: 'admin', from: 'socket' }
  const client = createClient(api, {
    baseUrl: 'http://howdah',
    fetch: async (url, init) => app.request(url, init, { caller }),
  })
  return { store, docs: documents(store), repositories, app, client, defects }
}

export const lineageDocument = (change: Partial<LineageDocument> = {}): LineageDocument => {
  const id = change.id ?? 'lineage001'
  const recipe = recipeOf(instance, secrets.seal(`lineages/${id}`, 'secret'))
  return bareLineage({ id, createdAt: '2026-01-02T03:00:00.000Z', recipe, ...change })
}

export const backupDocument = (change: Partial<BackupDocument> = {}): BackupDocument => ({
  format: 1,
  id: '20260102-030405-a1b2c3',
  lineage: 'lineage001',
  engine: 'copy',
  kind: 'full',
  startedAt: '2026-01-02T03:04:05.000Z',
  finishedAt: '2026-01-02T03:04:06.000Z',
  startLsn: '0/2000028',
  stopLsn: '0/2000100',
  timeline: 1,
  version: '16.14',
  sizeBytes: 1000,
  storedBytes: 1000,
  cold: false,
  ...change,
})

export const archiveDocument = (change: Partial<ArchiveDocument> = {}): ArchiveDocument => ({
  format: 1,
  lineage: 'lineage001',
  ranges: [{ timeline: 1, first: '000000010000000000000001', last: '000000010000000000000002' }],
  segments: 2,
  storedBytes: 2000,
  lastCommitAt: '2026-01-02T03:05:00.000Z',
  completeUntil: '2026-01-02T03:05:00.000Z',
  endLsn: '0/3000000',
  backlog: { segments: 0, bytes: 0 },
  problems: [],
  checkedAt: '2026-01-02T03:05:00.000Z',
  ...change,
})

type Api = ReturnType<typeof openApi>

/** An instance `shop/db` that writes `lineage001`, with one backup, as its daemon left it. */
export async function putShop(
  { store, docs, repositories }: Api,
  change: Partial<InstanceDocument> = {},
): Promise<void> {
  repositories.lineages.set('lineage001', [])
  await store.write([
    docs.projects.put(['shop'], {
      format: 1,
      name: 'shop',
      mode: 'affordable',
      directory: '/home/ann/shop',
      createdAt: '2026-01-02T03:00:00.000Z',
    }),
    docs.instances.put(['shop', 'db'], { ...instance, lineage: 'lineage001', ...change }),
    docs.members.put(['shop', 'db', '0'], member()),
    docs.lineages.put(['lineage001'], lineageDocument()),
    docs.backups.put(['lineage001', backupDocument().id], backupDocument()),
    docs.archives.put(['lineage001'], archiveDocument()),
  ])
}
