import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type EtcdStore, openEtcdStore } from '../../src/store/etcd/etcd-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type EtcdAccess, EtcdClient } from '../../src/system/etcd/etcd-client.ts'
import { disarm, listMembers } from '../../src/system/tools/etcd-members.ts'
import { EtcdCluster, withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { TcpProxy } from '../support/lab/tcp-proxy.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''

describe.skipIf(withoutEtcd)(`answers of etcd that get lost${reason}`, () => {
  let cluster: EtcdCluster
  let proxies: TcpProxy[]
  let stores = 0
  beforeAll(async () => {
    cluster = await EtcdCluster.start(2)
    proxies = await Promise.all(cluster.members.map((member) => TcpProxy.start(member)))
  })
  afterAll(async () => {
    for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
    await cluster[Symbol.asyncDispose]()
  })

  async function opened(access: EtcdAccess): Promise<EtcdStore> {
    const store = await openEtcdStore({ ...access, prefix: `/howdah-${stores++}/` })
    onTestFinished(() => store.close())
    return store
  }
  const throughProxies = (): EtcdAccess => cluster.access(proxies.map(({ endpoint }) => endpoint))

  test('a write whose answer was lost is done once, and says so with its revision', async () => {
    const store = await opened(throughProxies())
    const lostBefore = lostBy(proxies)
    for (let n = 1; n <= 10; n++) {
      const before = await store.get('count')
      for (const proxy of proxies) proxy.loseAnswers()
      const revision = await store.write([
        { kind: 'put', key: 'count', value: n, ifRevision: before?.revision ?? 0 },
      ])
      expect(await store.get('count')).toEqual({ key: 'count', value: n, revision })
    }
    expect(lostBy(proxies) - lostBefore).toBeGreaterThan(5)
  })

  test('a write that was refused, and whose answer was lost, is a conflict and not an unknown', async () => {
    const store = await opened(throughProxies())
    await store.write([{ kind: 'put', key: 'a', value: 1 }])
    for (const proxy of proxies) proxy.loseAnswers()
    const late = store.write([{ kind: 'put', key: 'a', value: 2, ifRevision: 0 }])
    await expect(late).rejects.toMatchObject({ code: 'STORE_CONFLICT', details: { key: 'a' } })
    expect((await store.get('a'))?.value).toBe(1)
  })

  test.each(['done', 'refused'] as const)(
    'a copy of a write that arrives long after another one was %s does nothing',
    async (first) => {
      const endpoints = [proxies[0]!.endpoint, cluster.members[1]!.endpoint]
      const store = await opened({ ...cluster.access(endpoints), silenceMs: 1000 })
      if (first === 'refused') await store.write([{ kind: 'put', key: 'late', value: 'before' }])
      else await store.write([{ kind: 'put', key: 'other', value: 1 }])
      const arrive = proxies[0]!.holdRequests()
      const outcome = await codeOf(() =>
        store.write([{ kind: 'put', key: 'late', value: 1, ifRevision: 0 }]),
      )
      expect(outcome).toBe(first === 'done' ? 'done' : 'STORE_CONFLICT')
      await store.write([{ kind: 'delete', key: 'late' }])
      // Its own condition holds now: the key is not there.
      await arrive()
      expect(await store.get('late')).toBeUndefined()
    },
  )

  test('a write under a lease that is over is refused for that, also when a copy of it is on its way', async () => {
    const endpoints = [proxies[0]!.endpoint, cluster.members[1]!.endpoint]
    const store = await opened({ ...cluster.access(endpoints), silenceMs: 1000 })
    const lease = await store.grantLease(60_000)
    await store.write([{ kind: 'put', key: 'a', value: 1, lease }])
    await store.revokeLease(lease)
    const arrive = proxies[0]!.holdRequests()
    const late = () => store.write([{ kind: 'put', key: 'a', value: 2, lease }])
    expect(await codeOf(late)).toBe('STORE_LEASE_ENDED')
    await arrive()
    expect(await store.get('a')).toBeUndefined()
  })

  test('a write of which nobody says what became of it is neither done nor refused', async () => {
    const access = cluster.access([proxies[0]!.endpoint])
    const store = await opened({ ...access, silenceMs: 300, deadlineMs: 300 })
    await store.write([{ kind: 'put', key: 'a', value: 1 }])
    proxies[0]!.holdRequests()
    proxies[0]!.refuses = true
    expect(await codeOf(() => store.write([{ kind: 'put', key: 'a', value: 2 }]))).toBe(
      'STORE_OUTCOME_UNKNOWN',
    )
    expect(await codeOf(() => store.get('a'))).toBe('STORE_UNAVAILABLE')
    expect(await codeOf(() => store.write([{ kind: 'put', key: 'a', value: 3 }]))).toBe(
      'STORE_UNAVAILABLE',
    )
    proxies[0]!.refuses = false
    proxies[0]!.cut()
    await store.write([{ kind: 'put', key: 'a', value: 4 }])
    expect((await store.get('a'))?.value).toBe(4)
  })

  test('a store that nobody answers at the start is not opened', async () => {
    const nobody = cluster.access(['https://127.0.0.1:1'])
    expect(await codeOf(() => openEtcdStore({ ...nobody, deadlineMs: 100 }))).toBe(
      'STORE_UNAVAILABLE',
    )
  })

  test('etcd that has reached its quota is full but for deletions, and room mends it', async () => {
    const store = await opened(cluster.access())
    await store.write(['a', 'b'].map((key) => ({ kind: 'put', key, value: 1 })))
    const client = new EtcdClient(cluster.access())
    onTestFinished(() => client.close())
    const [member] = await listMembers(client)
    const alarm = { action: 'ACTIVATE', memberID: member!.id, alarm: 'NOSPACE' }
    await client.call('/v3/maintenance/alarm', alarm, { effect: 'same' })
    expect(await codeOf(() => store.write([{ kind: 'put', key: 'a', value: 2 }]))).toBe(
      'STORE_FULL',
    )
    expect((await store.get('a'))?.value).toBe(1)
    await store.write([{ kind: 'delete', key: 'b' }])
    expect(await store.get('b')).toBeUndefined()
    await disarm(client, 'NOSPACE')
    await store.write([{ kind: 'put', key: 'a', value: 3 }])
  })

  test('what is too large for one write is refused before it is sent, and just less is taken', async () => {
    const store = await opened(cluster.access())
    const many = (count: number) =>
      Array.from(
        { length: count },
        (_, n) => ({ kind: 'put', key: `many/${n}`, value: n }) as const,
      )
    await store.write(many(1000))
    expect(await store.list('many/')).toHaveLength(1000)
    expect(await codeOf(() => store.write(many(1001)))).toBe('STORE_WRITE_TOO_LARGE')
    const large = (bytes: number) =>
      store.write([{ kind: 'put', key: 'large', value: 'x'.repeat(bytes) }])
    await large(1_390_000)
    expect(await codeOf(() => large(1_400_000))).toBe('STORE_WRITE_TOO_LARGE')
  })

  test('documents of many megabytes together are listed whole', async () => {
    const store: Store = await opened(cluster.access())
    for (let n = 0; n < 10; n++) {
      await store.write([{ kind: 'put', key: `big/${n}`, value: `${n}`.repeat(1_000_000) }])
    }
    const found = await store.list('big/')
    expect(found.map(({ value }) => String(value).length)).toEqual(Array(10).fill(1_000_000))
  })
})

const lostBy = (proxies: readonly TcpProxy[]): number =>
  proxies.reduce((sum, { lost }) => sum + lost, 0)

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return 'done'
  } catch (error) {
    return (error as { code: string }).code
  }
}
