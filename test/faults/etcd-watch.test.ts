import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openEtcdStore } from '../../src/store/etcd/etcd-store.ts'
import type { Change, Store } from '../../src/store/store.ts'
import { type EtcdAccess, EtcdClient } from '../../src/system/etcd/etcd-client.ts'
import { compact } from '../../src/system/tools/etcd-members.ts'
import { EtcdCluster, type LabMember, withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { TcpProxy } from '../support/lab/tcp-proxy.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''
const put = (key: string, value: unknown) => ({ kind: 'put', key, value }) as const
const remove = (key: string) => ({ kind: 'delete', key }) as const

describe.skipIf(withoutEtcd)(`watches of etcd that lose their stream${reason}`, () => {
  let cluster: EtcdCluster
  let member: LabMember
  let proxy: TcpProxy
  let stores = 0
  beforeAll(async () => {
    cluster = await EtcdCluster.start(1)
    member = cluster.members[0]!
    proxy = await TcpProxy.start(member)
  })
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]()
    await cluster[Symbol.asyncDispose]()
  })

  /** Two stores of the same keys: one whose connections the test may end, one that always comes through. */
  async function pair(): Promise<{ watching: Store; writing: Store }> {
    const prefix = `/howdah-${stores++}/`
    const watching = await opened(cluster.access([proxy.endpoint]), prefix)
    return { watching, writing: await opened(cluster.access(), prefix) }
  }

  test('a stream that breaks again and again leaves nothing out and tells nothing twice', async () => {
    const { watching, writing } = await pair()
    const changes = follow(watching, 'a/')
    for (let n = 1; n <= 200; n++) {
      await writing.write([put(`a/${n % 7}`, n)])
      if (n % 20 === 0) proxy.cut()
    }
    expect((await changes.take(200)).map(valueOf)).toEqual(
      Array.from({ length: 200 }, (_, n) => n + 1),
    )
  })

  test('changes of many megabytes that were missed come whole and in order', async () => {
    const { watching, writing } = await pair()
    const changes = follow(watching, 'a/')
    proxy.refuses = true
    proxy.cut()
    for (let n = 0; n < 8; n++) await writing.write([put(`a/${n}`, `${n}`.repeat(1_000_000))])
    proxy.refuses = false
    const seen = await changes.take(8)
    expect(seen.map((change) => String(valueOf(change)).slice(-2))).toEqual(
      Array.from({ length: 8 }, (_, n) => `${n}${n}`),
    )
  })

  test('a watch that was away while history was compacted gets the difference, in order', async () => {
    const { watching, writing } = await pair()
    await watching.write(
      ['kept', 'changed', 'gone', 'back'].map((key) => put(`a/${key}`, 'before')),
    )
    const changes = follow(watching, 'a/')
    await writing.write([put('a/last-seen', 1)])
    await changes.take(1)
    proxy.refuses = true
    proxy.cut()
    await writing.write([put('a/new', 1)])
    await writing.write([remove('a/gone'), remove('a/back')])
    await writing.write([put('a/back', 'again')])
    await writing.write([put('a/came-and-went', 1)])
    await writing.write([remove('a/came-and-went'), put('b/other', 1)])
    const revision = await writing.write([put('a/changed', 'after')])
    const client = new EtcdClient(cluster.access())
    onTestFinished(() => client.close())
    await compact(client)
    proxy.refuses = false
    const seen = await changes.take(4)
    expect(seen.map((change) => [change.kind, keyOf(change)])).toEqual([
      ['put', 'a/new'],
      ['put', 'a/back'],
      ['put', 'a/changed'],
      ['delete', 'a/gone'],
    ])
    expect(seen[2]).toEqual({ kind: 'put', entry: { key: 'a/changed', value: 'after', revision } })
    await writing.write([put('a/afterwards', 1)])
    expect((await changes.take(1)).map(keyOf)).toEqual(['a/afterwards'])
  })

  test('a watch has nothing from before it, also while its stream is behind', async () => {
    const { watching, writing } = await pair()
    await watching.write([put('a/before', 1)])
    proxy.refuses = true
    proxy.cut()
    await writing.write([put('a/meanwhile', 1)])
    proxy.refuses = false
    // What this process has read of is before its watch, though its stream has yet to come to it.
    expect(await watching.get('a/meanwhile')).toBeDefined()
    const changes = follow(watching, 'a/')
    await watching.write([put('a/after', 1)])
    expect((await changes.take(1)).map(keyOf)).toEqual(['a/after'])
  })

  test('an etcd that was put back to an older state is told as what it is now', async () => {
    const prefix = `/howdah-${stores++}/`
    const store = await opened(cluster.access(), prefix)
    await store.write([put('a/1', 'old'), put('a/2', 'old')])
    await cluster.kill(member)
    await cluster.copyData(member, 'saved')
    await cluster.launch(member, 'existing')
    await store.write([put('a/1', 'new'), put('a/3', 'new')])
    await store.write([remove('a/2')])
    const changes = follow(store, 'a/')
    await cluster.kill(member)
    await cluster.putBack(member, 'saved')
    await cluster.launch(member, 'existing')
    const seen = await changes.take(3)
    expect(seen.map((change) => [change.kind, keyOf(change), valueOf(change)])).toEqual([
      ['put', 'a/1', 'old'],
      ['put', 'a/2', 'old'],
      ['delete', 'a/3', undefined],
    ])
    await store.write([put('a/4', 'newer')])
    expect((await changes.take(1)).map(keyOf)).toEqual(['a/4'])
  })
})

async function opened(access: EtcdAccess, prefix: string): Promise<Store> {
  const store = await openEtcdStore({ ...access, prefix })
  onTestFinished(() => store.close())
  return store
}

const keyOf = (change: Change): string => (change.kind === 'put' ? change.entry.key : change.key)
const valueOf = (change: Change): unknown =>
  change.kind === 'put' ? change.entry.value : undefined

function follow(store: Store, prefix: string) {
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const changes = store.watch(prefix, stop.signal)[Symbol.asyncIterator]()
  return {
    async take(count: number): Promise<Change[]> {
      const taken: Change[] = []
      while (taken.length < count) {
        const next = await changes.next()
        if (next.done) throw new Error('the watch ended')
        taken.push(next.value)
      }
      return taken
    },
  }
}
