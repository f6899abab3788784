import { onTestFinished } from 'vitest'
import type { BackupDocument, LineageDocument } from '../contract/documents/lineage.ts'
import type { InstanceDocument } from '../contract/documents/instance.ts'
import type { MemberStatus } from '../contract/documents/member.ts'
import type { OperationDocument } from '../contract/documents/operation.ts'
import { instance, lineageDocument, member } from '../core/plan/documents.suite.ts'
import { createFakeDriver, fakeMachine } from '../drivers/fake/fake-driver.ts'
import type { NewEvent } from '../operations/dependencies.ts'
import { procedureOf } from '../operations/steps.suite.ts'
import type { Procedure } from '../operations/procedure.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { kindOf } from './schedule-facts.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
export const ago = (spanMs: number): string => new Date(Date.now() - spanMs).toISOString()

const holding = (kind: string, hold: (input: Record<string, unknown>) => string): Procedure => ({
  ...procedureOf(async () => {}, kind),
  subjects: (input) => [hold(input as Record<string, unknown>)],
})

/** Procedures of the scheduled kinds that do nothing and hold what the real ones hold. */
export const procedures: readonly Procedure[] = [
  ...[kindOf.backup, kindOf.drill, kindOf.prune].map((kind) =>
    holding(kind, ({ lineage }) => `lineages/${String(lineage)}`),
  ),
  holding(kindOf.branch, ({ project, service }) => `${String(project)}/${String(service)}`),
]

/** A store with what schedules go by, and no worker: operations stay as they were enqueued. */
export function openScheduledHome() {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const driver = createFakeDriver(fakeMachine())
  const events: NewEvent[] = []
  const event = async (one: NewEvent): Promise<void> => {
    events.push(one)
    const id = String(events.length).padStart(9, '0')
    await store.write([docs.events.put([id], { id, at: new Date().toISOString(), ...one })])
  }

  return {
    store,
    docs,
    events,
    d: { store, documents: docs, driver, event, host: undefined as string | undefined },

    /** An instance that runs and its lineage, both called after the service. */
    async addInstance(
      service: string,
      changes: { lineage?: Partial<LineageDocument>; instance?: Partial<InstanceDocument> } = {},
    ): Promise<void> {
      const id = `lineage${service}`
      const made: InstanceDocument = {
        ...instance,
        service,
        id: service,
        lineage: id,
        ...changes.instance,
      }
      const lineage = lineageDocument({
        id,
        service,
        instanceId: service,
        directory: driver.placeLineage(id),
        createdAt: ago(HOUR_MS),
        ...changes.lineage,
      })
      await store.write([
        docs.lineages.put([id], lineage),
        docs.instances.put(['shop', service], made),
        docs.members.put(['shop', service, '0'], { ...member(), service }),
      ])
      await this.see(service, 'ready')
    },

    /** What the agent saw last. */
    async see(service: string, state: MemberStatus['state']): Promise<void> {
      const status: MemberStatus = {
        format: 1,
        state,
        memberRevision: 1,
        configGeneration: 1,
        restartGeneration: 1,
        restarts: 0,
        failures: 0,
      }
      await store.write([docs.observed.put(['shop', service, '0'], status)])
    },

    async addBackup(service: string, spanMs: number): Promise<void> {
      const lineage = `lineage${service}`
      const id = `20260101-${String(Math.round(spanMs / MINUTE_MS)).padStart(6, '0')}`
      const backup: BackupDocument = {
        format: 1,
        id,
        lineage,
        engine: 'copy',
        kind: 'full',
        startedAt: ago(spanMs),
        finishedAt: ago(spanMs),
        startLsn: '0/2000028',
        stopLsn: '0/2000100',
        timeline: 1,
        version: '16.14',
        sizeBytes: 1000,
        cold: false,
      }
      await store.write([docs.backups.put([lineage, id], backup)])
    },

    /** Ends every live operation, which frees what it held. */
    async endAll(state: 'done' | 'failed' | 'cancelled', finishedAt = ago(0)): Promise<void> {
      for (const { value } of await docs.operations.list()) {
        if (value.finishedAt) continue
        await store.write([
          docs.operations.put([value.id], { ...value, state, finishedAt }),
          ...value.subjects.map((s) => docs.locks.remove([s])),
        ])
      }
    },

    /** Kind and input of each live operation, by kind and by what they hold: of two in one millisecond no id says which came first. */
    async live(): Promise<[string, unknown][]> {
      const all = (await docs.operations.list()).map((o) => o.value)
      const key = (o: OperationDocument): string => [o.kind, ...o.subjects].join(' ')
      const live = all.filter((o) => !o.finishedAt).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      return live.map((o) => [o.kind, o.input])
    },
  }
}
