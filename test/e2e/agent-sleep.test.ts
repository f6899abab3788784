import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import type { InstanceDocument } from '../../src/contract/documents/instance.ts'
import type { MemberDocument } from '../../src/contract/documents/member.ts'
import { openSession } from '../../src/drivers/local/session.ts'
import { type AgentRig, openAgentRig } from '../support/agent-rig.ts'
import { until } from '../support/lab/until.ts'

/** A running instance whose user `app` may connect from outside. */
async function openInstance(rig: AgentRig): Promise<MemberDocument> {
  const { instance, doc } = rig.member('db')
  await rig.store.write([rig.docs.instances.put(['shop', 'db'], instance)])
  await rig.want(doc)
  await rig.untilState(doc, 'ready')
  await rig.query(doc, `create role app login password 'secret'`)
  await rig.query(doc, 'create table kept as select 7 as n')
  await rig.query(doc, 'grant select on kept to app')
  return { ...doc, initialised: true }
}

/** Has it sleep after so long without clients. */
async function sleepAfter(rig: AgentRig, suspendAfterMs: number): Promise<void> {
  const found = await rig.docs.instances.get('shop', 'db')
  const instance: InstanceDocument = { ...found!.value, suspendAfterMs }
  await rig.store.write([rig.docs.instances.put(['shop', 'db'], instance)])
}

async function suspend(rig: AgentRig, doc: MemberDocument): Promise<void> {
  const found = await rig.docs.instances.get('shop', 'db')
  const instance: InstanceDocument = { ...found!.value, wanted: 'suspended' }
  await rig.store.write([rig.docs.instances.put(['shop', 'db'], instance)])
  await rig.want({ ...doc, wanted: 'suspended' })
  await rig.untilState(doc, 'suspended')
}

/** As an application connects: TCP, TLS, password. */
async function connectTo({ endpoint }: MemberDocument): Promise<Client> {
  const login = { user: 'app', password: 'secret', database: 'postgres' }
  const client = new Client({ ...endpoint, ...login, ssl: { rejectUnauthorized: false } })
  await client.connect()
  return client
}

async function firstRow(doc: MemberDocument): Promise<unknown> {
  const client = await connectTo(doc)
  try {
    const { rows } = await client.query<{ n: number }>('select n from kept')
    return rows
  } finally {
    await client.end()
  }
}

test('a sleeping server is stopped cleanly, and the first clients get their rows as if it had run', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  const { pid: before } = await rig.untilState(doc, 'ready')
  await suspend(rig, doc)
  expect((await rig.statusOf(doc))?.pid).toBe(undefined)

  const rows = await Promise.all(Array.from({ length: 8 }, () => firstRow(doc)))
  expect(rows).toHaveLength(8)
  for (const row of rows) expect(row).toEqual([{ n: 7 }])
  const status = await rig.untilState(doc, 'ready')
  expect(status.pid).not.toBe(before)
  expect((await rig.docs.instances.get('shop', 'db'))?.value.wanted).toBe('running')
  expect(rig.events.map((e) => e.kind)).toContain('instance-woken')
  expect(rig.events.map((e) => e.kind)).not.toContain('instance-crashed')
  expect(await firstRow(doc)).toEqual([{ n: 7 }])
})

test('who only looks whether somebody listens does not wake it', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  await suspend(rig, doc)
  for (const text of ['', 'GET / HTTP/1.1\r\n\r\n']) {
    const socket = connect(doc.endpoint)
    await once(socket, 'connect')
    socket.end(text)
    await once(socket.resume(), 'close')
  }
  expect((await rig.statusOf(doc))?.state).toBe('suspended')
  expect(rig.events.map((e) => e.kind)).not.toContain('instance-woken')
})

test('an agent that begins listens for those who sleep already', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  await suspend(rig, doc)
  await rig.stopAgent()
  await expect(firstRow(doc)).rejects.toThrow('ECONNREFUSED')
  rig.startAgent()
  // Refused until the agent is there: the next look tries again.
  expect(await until('a row', () => firstRow(doc).catch(() => undefined))).toEqual([{ n: 7 }])
})

test('one that is to stop while it sleeps listens no more, and one that is to run runs', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  await suspend(rig, doc)
  await rig.want({ ...doc, wanted: 'stopped' })
  await rig.untilState(doc, 'stopped')
  await expect(firstRow(doc)).rejects.toThrow('ECONNREFUSED')
  await suspend(rig, doc)
  await rig.want({ ...doc, wanted: 'running' })
  await rig.untilState(doc, 'ready')
  expect(await firstRow(doc)).toEqual([{ n: 7 }])
})

test('a server without clients falls asleep by itself, and wakes and falls asleep again', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  await sleepAfter(rig, 1000)
  for (let round = 0; round < 2; round++) {
    await rig.untilState(doc, 'suspended')
    expect((await rig.docs.instances.get('shop', 'db'))?.value.wanted).toBe('suspended')
    expect(await firstRow(doc)).toEqual([{ n: 7 }])
  }
  const kinds = rig.events.map((e) => e.kind).filter((kind) => kind !== 'instance-ready')
  expect(kinds.slice(0, 3)).toEqual(['instance-suspended', 'instance-woken', 'instance-suspended'])
})

test('a client, a visit now and then, an active slot, and an operation each keep a server awake', async () => {
  await using rig = await openAgentRig()
  const doc = await openInstance(rig)
  const state = async () => (await rig.statusOf(doc))?.state
  const client = await connectTo(doc)
  await sleepAfter(rig, 600)
  const stays = async (meanwhile: () => Promise<unknown> = async () => undefined) => {
    for (let i = 0; i < 6; i++) {
      await delay(200)
      await meanwhile()
      expect(await state()).toBe('ready')
    }
  }
  await stays()
  await Promise.all([client.end(), stays(() => firstRow(doc))])
  const slot = await openSession(doc, { database: 'postgres' })
  await slot.query(`select pg_create_physical_replication_slot('s', true, true)`)
  await stays()
  await rig.store.write([rig.docs.locks.put(['shop/db'], { format: 1, operation: 'o' })])
  await slot.close()
  await stays()
  await rig.store.write([rig.docs.locks.remove(['shop/db'])])
  await rig.untilState(doc, 'suspended')
})
