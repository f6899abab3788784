import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openEtcdStore } from '../../src/store/etcd/etcd-store.ts'
import type { Change, Store } from '../../src/store/store.ts'
import type { EtcdAccess } from '../../src/system/etcd/etcd-client.ts'
import { EtcdCluster, type LabMember, withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { startLeaseHolder } from '../support/lab/lease-holder.ts'
import { until } from '../support/lab/until.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''

describe.skipIf(withoutEtcd)(`members of etcd that die and stand still${reason}`, () => {
  let cluster: EtcdCluster
  beforeEach(async () => {
    cluster = await EtcdCluster.start(3)
  })
  afterEach(() => cluster[Symbol.asyncDispose]())

  async function opened(access: Partial<EtcdAccess> = {}): Promise<Store> {
    const store = await openEtcdStore({ ...cluster.access(), ...access })
    onTestFinished(() => store.close())
    return store
  }

  test('leaders that are killed in the middle of counted writes lose no count and double none', async () => {
    const stores = await Promise.all([0, 1, 2].map((n) => opened(cluster.access(rotated(n)))))
    const stop = new AbortController()
    const changes = follow(stores[0]!, 'count')
    const tallies = stores.map((store) => countUntil(store, stop.signal))
    for (let round = 1; round <= 3; round++) {
      const leader = await cluster.leader()
      const seen = changes.latest()
      await cluster.kill(leader)
      await until('counting goes on without the leader', () => changes.latest() > seen + 5)
      await cluster.launch(leader, 'existing')
      await cluster.settled()
    }
    stop.abort()
    const { done, unknown } = sumOf(await Promise.all(tallies))
    const total = Number((await stores[1]!.get('count'))?.value)
    expect(total).toBeGreaterThanOrEqual(done)
    expect(total).toBeLessThanOrEqual(done + unknown)
    expect(await stores[2]!.list('unique/')).toHaveLength(total)
    await until('the watch has seen the last count', () => changes.latest() === total)
    expect(changes.values()).toEqual(Array.from({ length: total }, (_, n) => n + 1))
  })

  test('a host’s own member that stands still does not hold up its store, nor its watches', async () => {
    const store = await opened({ silenceMs: 1000 })
    const other = await opened(cluster.access(rotated(1)))
    const changes = follow(store, 'count')
    const own = cluster.members[0]!
    cluster.freeze(own)
    for (let n = 1; n <= 5; n++) await store.write([{ kind: 'put', key: 'count', value: n }])
    await other.write([{ kind: 'put', key: 'count', value: 6 }])
    await until('the watch goes on elsewhere', () => changes.latest() === 6)
    cluster.thaw(own)
    await store.write([{ kind: 'put', key: 'count', value: 7 }])
    await until('the watch goes on', () => changes.latest() === 7)
    expect(changes.values()).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('without a majority nothing is written or read, and afterwards all is there with its leases', async () => {
    const store = await opened({ silenceMs: 500, deadlineMs: 500 })
    const lease = await store.grantLease(60_000)
    await store.write([{ kind: 'put', key: 'count', value: 1 }])
    await store.write([{ kind: 'put', key: 'claim', value: 1, lease }])
    const changes = follow(store, 'count')
    const [kept, ...others] = cluster.members as [LabMember, ...LabMember[]]
    for (const member of others) await cluster.kill(member)
    expect(await codeOf(store.get('count'))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(store.write([{ kind: 'put', key: 'lost', value: 1 }]))).toMatch(
      /^STORE_(UNAVAILABLE|OUTCOME_UNKNOWN)$/,
    )
    await cluster.kill(kept)
    expect(await codeOf(store.get('count'))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(store.renewLease(lease))).toBe('STORE_UNAVAILABLE')
    for (const member of cluster.members) await cluster.launch(member, 'existing')
    await cluster.settled()
    expect((await store.get('claim'))?.value).toBe(1)
    expect(await store.renewLease(lease)).toBe(true)
    await store.write([{ kind: 'put', key: 'count', value: 2 }])
    await until('the watch goes on', () => changes.latest() === 2)
    expect(changes.values()).toEqual([2])
  })

  test('a process that stands still for longer than its lease finds it gone, and others have its claim', async () => {
    const store = await opened()
    await using holder = await startLeaseHolder(cluster.access())
    await until('it has the claim', () => store.get('claim'))
    holder.freeze()
    await until('the claim is gone', async () => !(await store.get('claim')))
    await store.write([{ kind: 'put', key: 'claim', value: 'other', ifRevision: 0 }])
    holder.thaw()
    expect(await holder.told()).toEqual({
      renewed: false,
      written: 'STORE_LEASE_ENDED',
      seen: ['put mine', 'delete', 'put other'],
    })
    expect((await store.get('claim'))?.value).toBe('other')
  })

  const rotated = (by: number): string[] => {
    const endpoints = cluster.members.map(({ endpoint }) => endpoint)
    return [...endpoints.slice(by), ...endpoints.slice(0, by)]
  }
})

interface Tally {
  readonly done: number
  readonly unknown: number
}

/** Counts one up and enters the number under a key of its own, both or neither, again and again. */
async function countUntil(store: Store, stop: AbortSignal): Promise<Tally> {
  let done = 0
  let unknown = 0
  while (!stop.aborted) {
    const before = await store.get('count')
    const value = Number(before?.value ?? 0) + 1
    const code = await codeOf(
      store.write([
        { kind: 'put', key: 'count', value, ifRevision: before?.revision ?? 0 },
        { kind: 'put', key: `unique/${value}`, value, ifRevision: 0 },
      ]),
    )
    if (code === 'done') done++
    else if (code === 'STORE_OUTCOME_UNKNOWN') unknown++
    else expect(code).toBe('STORE_CONFLICT')
  }
  return { done, unknown }
}

const sumOf = (tallies: readonly Tally[]): Tally => ({
  done: tallies.reduce((sum, { done }) => sum + done, 0),
  unknown: tallies.reduce((sum, { unknown }) => sum + unknown, 0),
})

async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** Numbers that one key had, as a watch tells them. */
function follow(store: Store, key: string) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const seen: number[] = []
  const take = async (changes: AsyncIterable<Change>): Promise<void> => {
    for await (const change of changes) {
      if (change.kind === 'put') seen.push(Number(change.entry.value))
    }
  }
  void take(store.watch(key, stop.signal))
  return { latest: () => seen.at(-1) ?? 0, values: () => seen }
}
