import { describe, expect, onTestFinished, test } from 'vitest'
import { url } from '../../src/core/config/etcd.ts'
import { EtcdClient } from '../../src/system/etcd/etcd-client.ts'
import { encodeText, type WatchAnswer } from '../../src/system/etcd/messages.ts'
import { statusOf, Status } from '../../src/system/etcd/refusal.ts'
import {
  addLearner,
  compact,
  defragment,
  hasMajority,
  listAlarms,
  listMembers,
  memberHealth,
  moveLeader,
  promoteLearner,
  removeMember,
} from '../../src/system/tools/etcd-members.ts'
import { EtcdCluster, type LabMember, withoutEtcd } from '../support/lab/etcd-cluster.ts'
import { until } from '../support/lab/until.ts'

const reason = withoutEtcd ? ` (skipped: ${withoutEtcd})` : ''

describe.skipIf(withoutEtcd)(`members of a real etcd${reason}`, () => {
  async function started(size: number): Promise<{ cluster: EtcdCluster; client: EtcdClient }> {
    const cluster = await EtcdCluster.start(size)
    const client = new EtcdClient(cluster.access())
    onTestFinished(async () => {
      client.close()
      await cluster[Symbol.asyncDispose]()
    })
    return { cluster, client }
  }

  /** As a host joins: added, started, and given its vote when it has caught up. */
  async function join(cluster: EtcdCluster, client: EtcdClient): Promise<LabMember> {
    const place = await cluster.place()
    const added = await addLearner(client, url(place.address, place.peerPort))
    expect(added).toMatchObject({ isLearner: true, name: '' })
    expect(await addLearner(client, url(place.address, place.peerPort))).toEqual(added)
    await cluster.launch(place, 'existing')
    await until('the learner has caught up', async () => {
      try {
        await promoteLearner(client, added.id)
        return true
      } catch (error) {
        if (statusOf(error) === Status.failedPrecondition) return false
        throw error
      }
    })
    await until('it reads as the majority does', () => hasMajority(client, place.endpoint))
    return place
  }

  test('one member grows to three, hands its leadership on and leaves, and the data stays', async () => {
    const { cluster, client } = await started(1)
    await client.call(
      '/v3/kv/put',
      { key: encodeText('a'), value: encodeText('kept') },
      { effect: 'same' },
    )
    const second = await join(cluster, client)
    await join(cluster, client)
    const first = cluster.members[0]!
    const members = await listMembers(client)
    expect(members.map(({ name }) => name).toSorted()).toEqual(['m1', 'm2', 'm3'])
    expect(members.filter(({ isLearner }) => isLearner)).toEqual([])
    const idOf = (name: string): string => members.find((member) => member.name === name)?.id ?? ''

    expect(await cluster.leader()).toBe(first)
    await moveLeader(client, idOf('m2'))
    expect(await cluster.leader()).toBe(second)
    await moveLeader(client, idOf('m2'))
    expect(await cluster.leader()).toBe(second)

    const left = cluster.members.slice(1).map(({ endpoint }) => endpoint)
    const rest = new EtcdClient(cluster.access(left))
    onTestFinished(() => rest.close())
    await removeMember(rest, idOf('m1'))
    await removeMember(rest, idOf('m1'))
    await cluster.kill(first)
    expect((await listMembers(rest)).map(({ name }) => name).toSorted()).toEqual(['m2', 'm3'])
    const found = await rest.call('/v3/kv/range', { key: encodeText('a') }, { effect: 'nothing' })
    expect(found).toMatchObject({ kvs: [{ value: encodeText('kept') }] })
  })

  test('a member tells of itself, and has no majority when it is alone', async () => {
    const { cluster, client } = await started(2)
    const [one, other] = cluster.members as [LabMember, LabMember]
    const health = await memberHealth(client, one.endpoint)
    expect(health).toMatchObject({
      version: expect.stringMatching(/^3\.\d+\.\d+/),
      isLearner: false,
    })
    expect(health.databaseBytes).toBeGreaterThanOrEqual(health.usedBytes)
    const ids = (await listMembers(client)).map(({ id }) => id)
    expect(ids).toContain(health.memberId)
    expect(ids).toContain(health.leaderId)
    expect(await hasMajority(client, one.endpoint)).toBe(true)
    await cluster.kill(other)
    expect(await hasMajority(client, one.endpoint)).toBe(false)
    expect(await hasMajority(client, other.endpoint)).toBe(false)
  })

  test('history that is compacted and room that is given back make a member smaller', async () => {
    const { cluster, client } = await started(1)
    const { endpoint } = cluster.members[0]!
    const value = encodeText('x'.repeat(500_000))
    for (let n = 0; n < 10; n++) {
      await client.call('/v3/kv/put', { key: encodeText('a'), value }, { effect: 'same' })
    }
    const before = await memberHealth(client, endpoint)
    await compact(client)
    await defragment(client, endpoint)
    const after = await memberHealth(client, endpoint)
    expect(after.databaseBytes).toBeLessThan(before.databaseBytes / 2)
    expect(await listAlarms(client)).toEqual([])
  })

  test('a quiet watch is told how far it is, so that silence means a fault', async () => {
    const { client } = await started(1)
    const message = { create_request: { key: encodeText('quiet'), progress_notify: true } }
    await client.call('/v3/kv/put', { key: encodeText('other') }, { effect: 'same' })
    const stop = new AbortController()
    let told: string | undefined
    for await (const answer of client.stream<WatchAnswer>('/v3/watch', message, stop.signal)) {
      if (answer.created) continue
      told = answer.header?.revision
      break
    }
    expect(told).toBe('2')
  })

  test('nobody without a certificate of the cluster’s authority is let in', async () => {
    const { cluster } = await started(1)
    const client = new EtcdClient({ ...(await cluster.accessOfStranger()), deadlineMs: 0 })
    onTestFinished(() => client.close())
    await expect(listMembers(client)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  })
})
