import { expect, onTestFinished } from 'vitest'
import type { BackupEngine, BackupEngines } from '../../backups/backup-engine.ts'
import { fakeRepositories, type FakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import { fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Dependencies, HowdahProcedure, NewEvent } from '../dependencies.ts'
import { enqueue } from '../enqueue.ts'
import { dependenciesOf, Life } from '../fake-host.suite.ts'
import { instance, lineageDocument } from '../../core/plan/documents.suite.ts'
import { work } from '../worker.ts'
import { prune } from './prune.ts'

const procedures = [prune] as unknown as readonly HowdahProcedure[]

export const HOUR_MS = 60 * 60 * 1000
export const DAY_MS = 24 * HOUR_MS
export const ago = (spanMs: number): string => new Date(Date.now() - spanMs).toISOString()

export const lineage = (changes: Partial<LineageDocument> = {}): LineageDocument =>
  lineageDocument({
    id: 'l00001',
    createdAt: ago(30 * DAY_MS),
    provenAt: ago(HOUR_MS),
    ...changes,
  })

/** A cold base, which needs no WAL of the fake archive. */
export const backup = (daysAgo: number, changes: Partial<BackupDocument> = {}): BackupDocument => ({
  format: 1,
  id: `20260101-0000${String(99 - daysAgo).padStart(2, '0')}`,
  lineage: 'l00001',
  engine: 'copy',
  kind: 'full',
  startedAt: ago(daysAgo * DAY_MS),
  finishedAt: ago(daysAgo * DAY_MS),
  startLsn: `0/${(99 - daysAgo).toString(16)}000028`,
  stopLsn: `0/${(99 - daysAgo).toString(16)}000100`,
  timeline: 1,
  version: '16.14',
  sizeBytes: 1000,
  cold: true,
  ...changes,
})

export interface Given {
  readonly lineage?: Partial<LineageDocument>
  readonly backups?: readonly BackupDocument[]
  /** What the repository has, when that is something else. */
  readonly there?: readonly BackupDocument[]
  readonly removed?: boolean
}

/** A home with one lineage of one instance, or of one that is gone, until the test is over. */
export async function openHome({ backups = [], there = backups, ...given }: Given) {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const repositories: FakeRepositories = fakeRepositories()
  repositories.lineages.set('l00001', [...there])
  await store.write([
    docs.lineages.put(['l00001'], lineage(given.lineage)),
    ...backups.map((b) => docs.backups.put(['l00001', b.id], b)),
    ...(given.removed
      ? []
      : [docs.instances.put(['shop', 'db'], { ...instance, lineage: 'l00001' })]),
  ])
  return { store, docs, repositories }
}

/** Runs a clean-up to its end; its first life ends after so many effects on the world. */
export async function runPrune(
  { store, docs, repositories }: Awaited<ReturnType<typeof openHome>>,
  input: object = {},
  { effects, remove }: { effects?: number | undefined; remove?: BackupEngine['remove'] } = {},
) {
  const { id } = await enqueue({ store, documents: docs, host: undefined }, prune, {
    lineage: 'l00001',
    ...input,
  })
  const told: NewEvent[] = []
  for (let lives = 1; ; lives++) {
    const life = new Life(lives === 1 ? effects : undefined)
    const mortal = dependenciesOf(store, fakeMachine(), repositories, life)
    const engine = mortal.dependencies.backups.of({ engine: 'copy' })
    const dependencies: Dependencies = {
      ...mortal.dependencies,
      ...(remove ? { backups: fixed({ ...engine, remove }) } : {}),
    }
    const changes = store.watch(docs.operations.key(id), life.signal)
    const working = work(
      { store: mortal.store, procedures, dependencies, onError: () => {} },
      life.signal,
    )
    let ended = false
    for await (const change of changes) {
      if (change.kind === 'put' && docs.operations.parse(change.entry).value.finishedAt) {
        ended = true
        break
      }
    }
    life.end()
    await working.catch((error: unknown) => expect(error).toMatchObject({ message: 'killed' }))
    told.push(...mortal.events)
    if (ended) {
      const operation = (await docs.operations.get(id))!.value
      return { operation, lives, told }
    }
  }
}

const fixed = (engine: BackupEngine): BackupEngines => ({ of: () => engine, choose: () => engine })

export const idsOf = async ({ docs }: Awaited<ReturnType<typeof openHome>>): Promise<string[]> =>
  (await docs.backups.list('l00001')).map((b) => b.value.id)
