import { expect, test } from 'vitest'
import { documents } from '../../store/documents.ts'
import { enqueue } from '../enqueue.ts'
import { openStoreOf } from '../host/fake-hosts.suite.ts'
import { hostInit } from './host-init.ts'
import { hostRemove } from './host-remove.ts'
import { alone, everyKill, h1, init, invited, perform, two } from './hosts-play.suite.ts'

test('the first host: killed after any effect, all that was there is in the cluster, of this host', async () => {
  expect(await everyKill(init)).toMatchObject({
    state: 'done',
    machine: {
      file: { state: 'member', came: 'first', etcdHosts: ['10.0.0.1'] },
      runsEtcd: true,
      isListening: true,
    },
    etcd: [['10.0.0.1', 'voter']],
    documents: [
      ['clusters/cluster', { id: 'cluster-id' }],
      ['hosts/h1', { name: 'h1', zone: 'z1', phase: 'live', hasEtcd: true }],
      ['instances/shop/db', { host: 'h1' }],
      ['lineages/lineage001', { host: 'h1' }],
      ['members/shop/db/0', { host: 'h1' }],
    ],
  })
})

test('a joining host: killed after any effect, it is one of two with the cluster’s key', async () => {
  const end = await everyKill(async () => (await invited()).asked)
  expect(end).toMatchObject({
    state: 'done',
    machine: {
      file: { state: 'member', came: 'joiner', etcdHosts: ['10.0.0.2', '10.0.0.1'] },
      key: 'cluster',
      runsEtcd: true,
      isListening: true,
    },
    etcd: [
      ['10.0.0.1', 'voter'],
      ['10.0.0.2', 'voter'],
    ],
  })
  expect(JSON.stringify(end)).toContain('"name":"h2","address":"10.0.0.2","phase":"live"')
})

test.each(['installPackages', 'startEtcd', 'moveStore'] as const)(
  'a first host whose %s fails is what it was, wherever it was killed',
  async (refuses) => {
    const asked = await init()
    const before = await asked.home.sqlite.store.list('')
    const end = await everyKill(async () => ({ ...(await init()), refuses }))
    expect(end).toMatchObject({
      state: 'failed',
      error: 'PACKAGES_FAILED',
      machine: { key: 'own', runsEtcd: false, isListening: false },
      documents: before.map(({ key }) => [key, {}]),
    })
    expect(end).not.toHaveProperty('machine.file')
  },
)

test.each([
  'installPackages',
  'askToJoin',
  'keepBundle',
  'startEtcd',
  'promote',
  'moveStore',
] as const)(
  'a joining host whose %s fails is what it was, and etcd without it, wherever it was killed',
  async (refuses) => {
    const end = await everyKill(async () => ({ ...(await invited()).asked, refuses }))
    expect(end).toMatchObject({
      state: 'failed',
      error: 'PACKAGES_FAILED',
      machine: { key: 'own', runsEtcd: false, isListening: false },
      etcd: [['10.0.0.1', 'voter']],
      documents: [],
    })
    expect(end).not.toHaveProperty('machine.file')
  },
)

test.each([
  ['first', init],
  ['joining', async () => (await invited()).asked],
] as const)(
  'a %s host that is cancelled is what it was, or a host when it is too late',
  async (_, make) => {
    const { operation: undisturbed } = await perform(await make())
    const ends: string[] = []
    for (const { name } of undisturbed.steps) {
      const asked = await make()
      const { operation } = await perform({ ...asked, cancelledIn: name })
      const { file, key, runsEtcd } = asked.home
      const isHost = file?.state === 'member' && runsEtcd
      const isAsBefore = file === undefined && key === 'own' && !runsEtcd
      ends.push(
        `${name}: ${operation.state}, ${isHost ? 'host' : isAsBefore ? 'as before' : 'neither'}`,
      )
    }
    const late = ends.findIndex((end) => end.startsWith('move the state'))
    expect(ends.slice(0, late - 1).map((end) => end.split(': ')[1])).toEqual(
      ends.slice(0, late - 1).map(() => 'cancelled, as before'),
    )
    // Asked for in the last step before, it comes too late.
    expect(ends.slice(late - 1).map((end) => end.split(': ')[1])).toEqual(
      ends.slice(late - 1).map(() => 'done, host'),
    )
  },
)

test('what a failed joining had made in the cluster is gone, so that another can join', async () => {
  const { first, asked } = await invited()
  await perform({ ...asked, refuses: 'promote' })
  const { hosts } = documents(await openStoreOf(first, asked.cluster))
  expect((await hosts.list()).map(({ value }) => value.name)).toEqual(['h1'])
})

test('a machine that asks while another is on its way joins after that one', async () => {
  const { first, asked } = await invited()
  const { store } = asked.cluster
  const { hosts } = documents(store)
  const h1Document = (await hosts.get('h1'))!.value
  const h9 = { ...h1Document, name: 'h9', address: '10.0.0.9', phase: 'joining' } as const
  await store.write([hosts.put(['h9'], h9)])
  const own = asked.home.sqlite.store
  const seen = new AbortController()
  const changes = own.watch('operations/', seen.signal)
  const performed = perform(asked)
  for await (const change of changes) {
    if (JSON.stringify(change).includes('waiting for the host h9')) break
  }
  seen.abort()
  await store.write([hosts.put(['h9'], { ...h9, phase: 'live' })])
  expect((await performed).operation.error).toBe(undefined)
  expect(first.file?.state).toBe('member')
  expect([...asked.cluster.etcd.keys()]).toContain('10.0.0.2')
})

test('a machine with something of its own joins no cluster', async () => {
  const { asked } = await invited()
  const full = { ...asked, home: (await alone()).home }
  const { operation } = await perform(full)
  expect(operation.error).toMatchObject({ code: 'HOST_NOT_EMPTY' })
  expect(operation.error?.message).toContain('shop/db')
})

test('the last host: killed after any effect, it is one machine by itself with all that it had', async () => {
  const end = await everyKill(async () => {
    const { home, cluster } = await alone()
    await perform({ home, cluster, procedure: hostInit, input: h1 })
    return { home, cluster, procedure: hostRemove, input: { name: 'h1', isLost: false } }
  })
  expect(end).toMatchObject({
    state: 'done',
    machine: { key: 'own', runsEtcd: false, isListening: false },
    documents: [
      ['instances/shop/db', { service: 'db' }],
      ['lineages/lineage001', { id: 'lineage001' }],
      ['members/shop/db/0', { service: 'db' }],
    ],
  })
  expect(end).not.toHaveProperty('machine.file')
  expect(JSON.stringify(end)).not.toContain('"host":"h1"')
})

test('one of two hosts: killed after any effect, it leaves etcd and begins with nothing', async () => {
  const end = await everyKill(async () => {
    const { second: home, cluster } = await two()
    return { home, cluster, procedure: hostRemove, input: { name: 'h2', isLost: false } }
  })
  expect(end).toMatchObject({
    state: 'done',
    machine: { runsEtcd: false, isListening: false },
    etcd: [['10.0.0.1', 'voter']],
    documents: [],
  })
})

test('a host with servers does not leave others, and goes on as it was', async () => {
  const { first: home, cluster } = await two()
  const input = { name: 'h1', isLost: false }
  const { operation } = await perform({ home, cluster, procedure: hostRemove, input })
  expect(operation.error).toMatchObject({ code: 'HOST_IN_USE' })
  expect(operation.error?.message).toContain('shop/db')
  const { hosts } = documents(cluster.store)
  expect((await hosts.get('h1'))?.value.phase).toBe('live')
  expect([...cluster.etcd.keys()]).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('a lost host is out of etcd, its work is ended and what it held is free; its instances are remembered', async () => {
  const { second: home, cluster } = await two()
  const { store } = cluster
  const docs = documents(store)
  const stuck = await enqueue({ store, documents: docs, host: 'h1' }, hostInit, h1)
  const input = { name: 'h1', isLost: true }
  const { operation } = await perform({ home, cluster, procedure: hostRemove, input })
  expect(operation.error).toBe(undefined)
  expect([...cluster.etcd.keys()]).toEqual(['10.0.0.2'])
  expect((await docs.hosts.list()).map(({ value }) => value.name)).toEqual(['h2'])
  expect((await docs.operations.get(stuck.id))?.value).toMatchObject({
    state: 'failed',
    error: { code: 'HOST_DOWN' },
  })
  expect(await docs.locks.list()).toEqual([])
  expect(await docs.members.get('shop', 'db', '0')).toMatchObject({ value: { host: 'h1' } })
})
