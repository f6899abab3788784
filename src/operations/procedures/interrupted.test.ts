import { expect, test } from 'vitest'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { OperationDocument } from '../../contract/documents/operation.ts'
import { member } from '../../core/plan/documents.suite.ts'
import { type FakeMachine, fakeMachine } from '../../drivers/fake/fake-driver.ts'
import { documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { enqueue } from '../enqueue.ts'
import { dependenciesOf, Life, runFakeAgent } from '../fake-host.suite.ts'
import type { Procedure } from '../procedure.ts'
import { work } from '../worker.ts'
import { procedures } from './all.ts'
import { finalName, type Scenario, scenarios } from './scenarios.suite.ts'

test.each(scenarios)(
  '%s: killed after any effect, it comes to the same end',
  async (_, scenario) => {
    const undisturbed = await play(scenario)
    expect(undisturbed.lives).toBe(1)
    for (let effects = 0; ; effects++) {
      const killed = await play(scenario, effects)
      const at = `killed after ${effects} effects`
      // A cancel may be seen before or after the step in which it came; either way the end is a whole one.
      if (!scenario.cancelledIn) expect(killed.end, at).toEqual(undisturbed.end)
      const { state, error, servers, copies, snapshots } = killed.end
      expect({ state, error, servers }, at).toEqual({
        state: undisturbed.end.state,
        error: undisturbed.end.error,
        servers: undisturbed.end.servers,
      })
      expect(copies, at).toEqual(snapshots)
      if (killed.lives === 1) {
        expect(effects).toBeGreaterThan(3)
        return
      }
    }
  },
)

test('what is left after each scenario is what it is for', async () => {
  const left = async (name: string) => {
    const { end } = await play(new Map(scenarios).get(name)!)
    return [end.state, end.error, end.servers.length, end.copies, end.kinds]
  }
  const nothing = [0, [], ['projects']]
  const alive = ['credentials', 'instances', 'members', 'observed', 'projects']
  expect(await left('up of a server that does not start')).toEqual([
    'failed',
    'PORT_IN_USE',
    ...nothing,
  ])
  expect(await left('up that is cancelled on its way')).toEqual([
    'cancelled',
    'OPERATION_CANCELLED',
    ...nothing,
  ])
  expect(await left('up that would create what is there by now')).toEqual([
    'failed',
    'INSTANCE_EXISTS',
    1,
    [],
    alive,
  ])
  expect(await left('up whose plan is outdated')).toEqual(['failed', 'PLAN_OUTDATED', 1, [], alive])
  expect(await left('up with settings that the server does not start with')).toEqual([
    'failed',
    'PORT_IN_USE',
    1,
    [],
    alive,
  ])
  const kept = [`/snapshots/${finalName}`]
  expect(await left('down with a final snapshot')).toEqual([
    'done',
    undefined,
    0,
    kept,
    ['snapshots'],
  ])
  expect(await left('down without a snapshot')).toEqual(['done', undefined, 0, [], []])
  expect(await left('down whose copy does not start')).toEqual([
    'failed',
    'PORT_IN_USE',
    1,
    [],
    alive,
  ])
  expect(await left('down that is cancelled when its snapshot is kept')).toEqual([
    'cancelled',
    'OPERATION_CANCELLED',
    1,
    kept,
    [...alive, 'snapshots'],
  ])
})

test.each(['down whose copy does not start', 'down that is cancelled when its snapshot is kept'])(
  '%s: clients may enter again',
  async (name) => {
    const { documents: left } = await play(new Map(scenarios).get(name)!)
    const db = left.find((e) => e.key === 'members/shop/db/0')?.value as { files: object }
    expect(db.files).toMatchObject({ 'pg_hba.conf': member().files['pg_hba.conf'] })
  },
)

test('settings with which the server does not start are taken back', async () => {
  const name = 'up with settings that the server does not start with'
  const { documents: left } = await play(new Map(scenarios).get(name)!)
  const db = left.find((e) => e.key === 'members/shop/db/0')?.value as MemberDocument
  expect(db.files['postgresql.conf']).not.toContain("max_connections = '9'")
  expect(db.restartGeneration).toBe(3)
})

/** Plays a scenario to its end on a machine of its own; the first life of the last operation has so many effects. */
async function play(scenario: Scenario, effects?: number) {
  const store = openSqliteStore(':memory:')
  const machine = fakeMachine()
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
      const { operation } = await perform(store, machine, { before: [], kind, input })
      if (operation.state !== 'done') throw new Error(JSON.stringify(operation.error))
    }
    refuses = scenario.refuses
    const { operation, lives } = await perform(store, machine, scenario, effects)
    expect(await store.list('locks/')).toEqual([])
    expect(await store.list('claims/')).toEqual([])
    const left = (await store.list('')).filter((e) => !e.key.startsWith('operations/'))
    return { lives, documents: left, end: endOf(operation, left, machine) }
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
) {
  const timeless = (_: string, value: unknown): unknown =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? 'a time' : value
  const values = left.map(({ key, value }) => [
    key,
    { ...(value as object), memberRevision: 0, createdBy: '' },
  ])
  return {
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
  }
}

async function perform(store: Store, machine: FakeMachine, scenario: Scenario, effects?: number) {
  const docs = documents(store)
  const procedure = procedures.find((p) => p.kind === scenario.kind) as unknown as Procedure
  const { id } = await enqueue(store, docs, procedure, scenario.input)
  for (let lives = 1; ; lives++) {
    const life = new Life(lives === 1 ? effects : undefined)
    const mortal = dependenciesOf(store, machine, life)
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
