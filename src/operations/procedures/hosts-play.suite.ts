import { expect } from 'vitest'
import type { OperationDocument } from '../../contract/documents/operation.ts'
import { encodeJoinToken } from '../../core/host/join-token.ts'
import { instance, lineageDocument, member } from '../../core/plan/documents.suite.ts'
import { documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import { enqueue } from '../enqueue.ts'
import { Life } from '../fake-host.suite.ts'
import {
  type FakeCluster,
  type FakeHome,
  type FakeParts,
  hostDependencies,
  newCluster,
  newHome,
  openStoreOf,
  secretsUnder,
} from '../host/fake-hosts.suite.ts'
import type { Procedure } from '../procedure.ts'
import { work } from '../worker.ts'
import { hostInit } from './host-init.ts'
import { hostJoin, JOIN_SECRET } from './host-join.ts'
import { hostRemove } from './host-remove.ts'

const procedures = [hostInit, hostJoin, hostRemove] as unknown as Procedure<never, object>[]
export const h1 = { name: 'h1', address: '10.0.0.1', zone: 'z1' }
const h2 = { name: 'h2', address: '10.0.0.2' }
const token = encodeJoinToken({
  addresses: [h1.address],
  ports: { api: 1, etcdClient: 2, etcdPeer: 3, etcdMetrics: 4 },
  fingerprint: 'ab'.repeat(32),
  secret: 'hwd_x_y',
})

export interface Asked extends Omit<FakeParts, 'life'> {
  readonly procedure: typeof hostInit | typeof hostJoin | typeof hostRemove
  readonly input: unknown
  /** What the first life may do to the world before it is killed. */
  readonly effects?: number | undefined
  /** A cancel is asked for as this step begins. */
  readonly cancelledIn?: string
}

/** Performs an operation on a machine, over as many lives of its daemon as it takes. */
export async function perform(
  asked: Asked,
): Promise<{ operation: OperationDocument; kills: number }> {
  const { home, cluster, procedure, input, effects } = asked
  const before = await openStoreOf(home, cluster)
  const { id } = await enqueue(
    { store: before, documents: documents(before), host: home.file?.host.name },
    procedure,
    input,
  )
  let kills = 0
  for (let lives = 1; ; lives++) {
    const life = new Life(lives === 1 ? effects : undefined)
    const { store, dependencies } = await hostDependencies({ ...asked, life })
    const { operations } = documents(await openStoreOf(home, cluster))
    const changes = store.watch(operations.key(id), life.signal)
    const now = await operations.get(id)
    const onBoundary = (moment: string, _: string, step: string): void => {
      if (moment === 'before' && step === asked.cancelledIn) cancelNow(store, id)
    }
    const options = {
      store,
      procedures,
      dependencies,
      host: dependencies.host,
      onError: () => {},
      onBoundary,
    }
    const working = work(options, life.signal).catch(() => {}) // killed: the next life goes on
    let operation = now?.value.finishedAt ? now.value : undefined
    if (!operation) {
      for await (const change of changes) {
        if (change.kind !== 'put') continue
        const { value } = operations.parse(change.entry)
        if (!value.finishedAt) continue
        operation = value
        break
      }
    }
    if (!operation) kills += 1
    life.end()
    await working
    if (operation) return { operation, kills }
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

/** Everything that counts of a machine and its cluster. */
async function stateOf(home: FakeHome, cluster: FakeCluster, operation: OperationDocument) {
  const { file, key, runsEtcd, isListening } = home
  const all = await (await openStoreOf(home, cluster)).list('')
  const kept = all.filter(({ key }) => !/^(?:operations|claims)\//.test(key))
  const timeless = (_: string, value: unknown): unknown =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? 'a time' : value
  return JSON.parse(
    JSON.stringify(
      {
        state: operation.state,
        error: operation.error?.code,
        machine: { file, key, runsEtcd, isListening },
        etcd: [...cluster.etcd],
        documents: kept.map(({ key, value }) => [key, value]),
      },
      timeless,
    ),
  ) as object
}

type Make = () => Promise<Asked>

/** The same end whatever the daemon dies after. */
export async function everyKill(make: Make): Promise<Awaited<ReturnType<typeof stateOf>>> {
  const play = async (effects?: number) => {
    const asked = { ...(await make()), effects }
    const { operation, kills } = await perform(asked)
    return { kills, end: await stateOf(asked.home, asked.cluster, operation) }
  }
  const undisturbed = await play()
  for (let effects = 0; ; effects++) {
    const killed = await play(effects)
    expect(killed.end, `killed after ${effects} effects`).toEqual(undisturbed.end)
    if (killed.kills <= undisturbed.kills) {
      expect(effects).toBeGreaterThan(3)
      return undisturbed.end
    }
  }
}

/** A machine by itself with an instance. */
export async function alone(): Promise<{ home: FakeHome; cluster: FakeCluster }> {
  const home = newHome('own')
  const { store } = home.sqlite
  const docs = documents(store)
  await store.write([
    docs.instances.put(['shop', 'db'], instance),
    docs.members.put(['shop', 'db', '0'], member()),
    docs.lineages.put(['lineage001'], lineageDocument({ id: 'lineage001' })),
  ])
  return { home, cluster: newCluster() }
}

export const init: Make = async () => ({ ...(await alone()), procedure: hostInit, input: h1 })

/** A cluster of one host, and a machine that is to join it. */
export async function invited(): Promise<{ first: FakeHome; asked: Asked }> {
  const { home: first, cluster } = await alone()
  first.key = 'cluster'
  await perform({ home: first, cluster, procedure: hostInit, input: h1 })
  const home = newHome('own')
  const sealedToken = secretsUnder('own').seal(JOIN_SECRET, token)
  return {
    first,
    asked: { home, cluster, door: first, procedure: hostJoin, input: { host: h2, sealedToken } },
  }
}

/** The two hosts of a cluster. */
export async function two(): Promise<{ first: FakeHome; second: FakeHome; cluster: FakeCluster }> {
  const { first, asked } = await invited()
  const { operation } = await perform(asked)
  expect(operation.error).toBe(undefined)
  return { first, second: asked.home, cluster: asked.cluster }
}
