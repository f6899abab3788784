import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { PatroniDocument } from '../../src/agent/patroni/places.ts'
import type { MemberStatus } from '../../src/contract/documents/member.ts'
import { EtcdClient } from '../../src/system/etcd/etcd-client.ts'
import { switchover } from '../../src/system/patroni/requests.ts'
import { askPatroni } from '../../src/system/patroni/rest.ts'
import {
  forgetScope,
  isFounded,
  readLeader,
  releaseLeader,
} from '../../src/system/patroni/scope-keys.ts'
import { durability, PatroniHosts, withoutPatroni } from '../support/lab/patroni-hosts.ts'
import { until } from '../support/lab/until.ts'

const reason = withoutPatroni ? ` (skipped: ${withoutPatroni})` : ''

describe.skipIf(withoutPatroni)(`three members by Patroni${reason}`, () => {
  let hosts: PatroniHosts
  let members: PatroniDocument[]
  beforeAll(async () => {
    hosts = await PatroniHosts.open()
    members = [0, 1, 2].map((index) => hosts.member(index, durability))
  })
  afterAll(() => hosts?.[Symbol.asyncDispose]())

  const primary = (): Promise<PatroniDocument> =>
    until('a primary', async () => {
      for (const member of members) {
        const status = await hosts.statusOf(member)
        if (status?.state === 'ready' && status.role === 'primary') return member
      }
      return undefined
    })
  const whole = (): Promise<true> =>
    until('one primary, and two replicas of which one is waited for', async () => {
      const all = await Promise.all(members.map((member) => hosts.statusOf(member)))
      const ready = all.filter((status) => status?.state === 'ready')
      const replicas = ready.filter((status) => status?.role === 'replica')
      const isWhole = ready.length === 3 && replicas.length === 2
      return isWhole && replicas.some((status) => status?.isSync) && true
    })
  const waitedFor = (): Promise<PatroniDocument> =>
    until('a replica that commits wait for', async () => {
      for (const member of members) {
        if ((await hosts.statusOf(member))?.isSync) return member
      }
      return undefined
    })
  const rows = async (member: PatroniDocument): Promise<number> => {
    const [row] = await hosts.query<{ n: number }>(member, 'select count(*)::int as n from acked')
    return row!.n
  }
  const insert = (member: PatroniDocument) =>
    hosts.query(member, 'insert into acked default values')

  test('a running server becomes the first member without a stop, and is copied by two more', async () => {
    const [first, second, third] = members as [PatroniDocument, PatroniDocument, PatroniDocument]
    const { patroni, ...alone } = first
    expect(patroni.founds).toBe(true)
    await hosts.want(alone)
    const before = await hosts.until(alone, 'runs by itself', ({ state }) => state === 'ready')
    await hosts.query(alone, 'create table acked (id bigint generated always as identity)')
    await insert(first)
    await hosts.want(first)
    const led = await hosts.until(
      first,
      'leads',
      (s) => s.state === 'ready' && s.role === 'primary',
    )
    expect(led.pid).toBe(before.pid)
    await hosts.want(second)
    await hosts.want(third)
    await whole()
    expect(await hosts.statusOf(first)).toMatchObject({ pid: before.pid, role: 'primary' })
    expect(await rows(third)).toBe(1)
  })

  test('nobody without a certificate is told anything, and nobody with one changes anything without the password', async () => {
    const access = hosts.access(members[0]!)
    const ask = { path: '/patroni', timeoutMs: 5000 }
    const stranger = { ...access, credentials: await hosts.strangersCredentials() }
    await expect(askPatroni(stranger, ask)).rejects.toMatchObject({ code: 'PATRONI_UNREACHABLE' })
    const change = { method: 'PATCH', path: '/config', body: { ttl: 30 }, timeoutMs: 5000 } as const
    expect(await askPatroni({ ...access, password: 'guessed' }, change)).toMatchObject({
      status: 401,
    })
  })

  test('a switchover hands over what was committed, and the old primary follows', async () => {
    const old = await primary()
    await insert(old)
    const before = await rows(old)
    // Patroni takes no other for it.
    const next = await waitedFor()
    await switchover(hosts.access(next), { leader: old.patroni.name, candidate: next.patroni.name })
    await hosts.until(next, 'is primary', isReady('primary'))
    await hosts.until(old, 'follows', isReady('replica'))
    await whole()
    expect(await rows(next)).toBe(before)
    // The old one’s status may tell of the timeline of before for a moment.
    await until('one timeline', async () => {
      const [leads, follows] = [await hosts.statusOf(next), await hosts.statusOf(old)]
      return leads?.timeline !== undefined && leads.timeline === follows?.timeline
    })
  })

  test('when the primary’s server is killed, all that was acknowledged is there afterwards', async () => {
    const old = await primary()
    await insert(old)
    const before = await rows(old)
    const { pid } = (await hosts.statusOf(old)) ?? {}
    process.kill(pid!, 'SIGKILL')
    await hosts.until(old, 'has another server', (s) => s.pid !== undefined && s.pid !== pid)
    await whole()
    expect(await rows(await primary())).toBe(before)
  })

  test('a Patroni that stands still is started anew, and its server runs on as the primary', async () => {
    const member = await primary()
    const { pid } = (await hosts.statusOf(member)) ?? {}
    const patroni = hosts.patroniPid(member)!
    process.kill(patroni, 'SIGSTOP')
    await until('another Patroni', () => {
      const now = hosts.patroniPid(member)
      return now !== undefined && now !== patroni
    })
    await whole()
    expect(await hosts.statusOf(member)).toMatchObject({ pid, role: 'primary' })
  })

  test('a primary whose Patroni cannot run any more is stopped before there is another', async () => {
    const old = await primary()
    const others = members.filter((member) => member !== old)
    // Each new one too, so that nothing renews the lease.
    const freezing = setInterval(() => {
      const patroni = hosts.patroniPid(old)
      if (patroni !== undefined) process.kill(patroni, 'SIGSTOP')
    }, 20)
    try {
      let inserted = 0
      const writing = (async () => {
        for (;;) {
          await insert(old)
          inserted = performance.now()
        }
      })().catch(() => performance.now())
      const promotedAt = await until('another primary', async () => {
        for (const other of others) {
          const [row] = await hosts.query<{ replica: boolean }>(
            other,
            'select pg_is_in_recovery() as replica',
          )
          if (row?.replica === false) return performance.now()
        }
        return undefined
      })
      const refusedAt = await writing
      expect(inserted).toBeGreaterThan(0)
      expect(refusedAt).toBeLessThan(promotedAt)
      expect(hosts.events.map(({ kind }) => kind)).toContain('instance-fenced')
    } finally {
      clearInterval(freezing)
    }
    await hosts.until(old, 'follows', isReady('replica'))
    await whole()
  })

  test('a member that is by itself again goes on without a stop', async () => {
    const last = await primary()
    const { pid } = (await hosts.statusOf(last)) ?? {}
    const before = await rows(last)
    for (const other of members.filter((member) => member !== last)) {
      await hosts.want({ ...other, wanted: 'absent' })
      await hosts.until(other, 'is gone', ({ state }) => state === 'absent')
    }
    const { patroni, ...alone } = last
    expect(patroni.scope).toBe('i1')
    await hosts.want(alone)
    const status = await hosts.until(alone, 'runs', (s) => s.state === 'ready' && !s.role)
    expect(status.pid).toBe(pid)
    expect(hosts.patroniPid(last)).toBeUndefined()
    await insert(last)
    expect(await rows(last)).toBe(before + 1)
  })

  test('a scope that was forgotten is founded anew, by data that are made for it', async () => {
    const [first] = members as [PatroniDocument]
    for (const member of members) await hosts.want({ ...member, wanted: 'absent' })
    for (const member of members)
      await hosts.until(member, 'is gone', ({ state }) => state === 'absent')
    const client = new EtcdClient(hosts.etcd.access())
    onTestFinished(() => client.close())
    await forgetScope(client, first.patroni.scope)
    await hosts.want(first)
    await hosts.until(first, 'leads on its first timeline', (s) => s.timeline === 1)
    await until('a founded scope', () => isFounded(client, first.patroni.scope))
    const { scope, name } = first.patroni
    const leading = () => until('a leader', () => readLeader(client, scope))
    const leader = await leading()
    expect(leader.leader).toBe(name)
    expect(await releaseLeader(client, scope, { ...leader, revision: 1 })).toBe(false)
    // A Patroni that has just begun writes its key anew: what was read may be outdated by then.
    await until('a release', async () => releaseLeader(client, scope, await leading()))
    const again = await leading()
    expect(again).toMatchObject({ leader: name })
  })
})

const isReady =
  (role: 'primary' | 'replica') =>
  (status: MemberStatus): boolean =>
    status.state === 'ready' && status.role === role
