import { expect } from 'vitest'
import type { OperationDocument } from '../../contract/documents/operation.ts'
import { type FakeRepositories, fakeRepositories } from '../../backups/fake/fake-backup-engine.ts'
import { type FakeMachine, fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { type Documents, documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { enqueue } from '../enqueue.ts'
import { dependenciesOf, Life, runFakeAgent } from '../fake-host.suite.ts'
import type { Procedure } from '../procedure.ts'
import { work } from '../worker.ts'
import { procedures } from './all.ts'
import type { Scenario } from './scenarios.suite.ts'

/** Plays a scenario to its end on a machine of its own; the first life of the last operation has so many effects. */
export async function play(scenario: Scenario, effects?: number) {
  const store = openSqliteStore(':memory:')
  const machine = fakeMachine()
  const repositories = fakeRepositories()
  const agent = new AbortController()
  let refuses: Scenario['refuses']
  const agentDone = runFakeAgent(
    store,
    machine,
    (doc) => refuses?.(doc.directory, doc.files['postgresql.conf'] ?? ''),
    agent.signal,
  )
  try {
    for (const [kind, input] of scenario.before) {
      const { operation } = await perform(store, machine, repositories, { before: [], kind, input })
      if (operation.state !== 'done') throw new Error(JSON.stringify(operation.error))
    }
    refuses = scenario.refuses
    const { operation, lives } = await perform(store, machine, repositories, scenario, effects)
    expect(await store.list('locks/')).toEqual([])
    expect(await store.list('claims/')).toEqual([])
    const left = (await store.list('')).filter((e) => !e.key.startsWith('operations/'))
    return { lives, documents: left, end: endOf(operation, left, machine, repositories) }
  } finally {
    agent.abort()
    await agentDone
    await store.close()
  }
}

/** Everything that counts about an end: not when it was, how often a document was written, or how often a step was begun. */
function endOf(
  operation: OperationDocument,
  left: { key: string; value: unknown }[],
  m: FakeMachine,
  repositories: FakeRepositories,
) {
  const timeless = (_: string, value: unknown): unknown =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? 'a time' : value
  const values = left.map(({ key, value }) => [
    key,
    { ...(value as object), memberRevision: 0, createdBy: '' },
  ])
  return named({
    state: operation.state,
    error: operation.error?.code,
    output: operation.output,
    steps: operation.steps.map((s) => `${s.name}: ${s.state}`),
    kinds: [...new Set(left.map(({ key }) => key.split('/')[0]))],
    documents: JSON.parse(JSON.stringify(values, timeless)) as unknown,
    servers: [...m.servers].map(([folder, s]) => [folder, [...s.databases], [...s.changes]]),
    copies: [...m.copies],
    /** The folders of the snapshots that count. */
    snapshots: left
      .filter(({ key }) => key.startsWith('snapshots/'))
      .map(({ value }) => (value as { directory: string }).directory),
    repositories: [...repositories.lineages].map(([id, backups]) => [id, backups.length]),
    /** The lineages that count. */
    lineages: left
      .filter(({ key }) => key.startsWith('lineages/'))
      .map(({ value }) => (value as { id: string }).id),
  })
}

/** The same with random ids named by their first appearance: another life draws others. */
function named<T>(end: T): T {
  const names = new Map<string, string>()
  const name = (id: string): string => {
    const found = names.get(id) ?? `name${names.size + 1}`
    names.set(id, found)
    return found
  }
  return JSON.parse(
    JSON.stringify(end).replaceAll(/(\d{8}-\d{6}-)?id\d{6}|(?<=\/copies\/)[a-z0-9]{16}/g, name),
  ) as T
}

type Ask = (documents: Documents) => Promise<object>

async function perform(
  store: Store,
  machine: FakeMachine,
  repositories: FakeRepositories,
  scenario: Scenario,
  effects?: number,
) {
  const docs = documents(store)
  const procedure = procedures.find((p) => p.kind === scenario.kind) as unknown as Procedure
  const given = scenario.input
  const input = typeof given === 'function' ? await (given as Ask)(docs) : given
  const { id } = await enqueue({ store, documents: docs, host: undefined }, procedure, input)
  for (let lives = 1; ; lives++) {
    const life = new Life(lives === 1 ? effects : undefined)
    const mortal = dependenciesOf(store, machine, repositories, life)
    const stop = new AbortController()
    const ended = untilEnded(store, id, AbortSignal.any([life.signal, stop.signal]))
    const working = work(
      {
        store: mortal.store,
        procedures,
        dependencies: mortal.dependencies,
        onError: () => {},
        onBoundary: (moment, _kind, step) => {
          if (moment === 'before' && step === scenario.cancelledIn) cancelNow(store, id)
        },
      },
      life.signal,
    )
    const operation = await ended
    stop.abort()
    life.end()
    await working.catch((error: unknown) => expect(error).toMatchObject({ message: 'killed' }))
    if (operation) return { operation, lives }
  }
}

/** Asked for at once: the store's calls take effect before they return their promise. */
function cancelNow(store: Store, id: string): void {
  const { operations } = documents(store)
  void operations.get(id).then(async (found) => {
    if (!found || found.value.cancelRequested) return
    await store.write([operations.put([id], { ...found.value, cancelRequested: true })])
  })
}

/** The ended operation; undefined when the signal came first. */
async function untilEnded(store: Store, id: string, signal: AbortSignal) {
  const { operations } = documents(store)
  const changes = store.watch(operations.key(id), signal)
  for await (const change of changes) {
    if (change.kind !== 'put') continue
    const { value } = operations.parse(change.entry)
    if (value.finishedAt) return value
  }
  return undefined
}
