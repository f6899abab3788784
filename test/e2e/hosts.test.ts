import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Host } from '../../src/contract/host.ts'
import type { Instance } from '../../src/contract/instance.ts'
import { project } from '../support/lab/desired.ts'
import { type NewHost, openNewHosts, withoutNewHosts } from '../support/lab/new-hosts.ts'
import { until } from '../support/lab/until.ts'

const why = withoutNewHosts()
if (why && process.env['CI'] === 'true' && process.geteuid?.() === 0) {
  throw new Error(`CI must run these tests: ${why}`)
}
const reason = why ? ` (skipped: ${why})` : ''

/** What a command printed on stdout; one that failed fails the test with all that it said. */
async function done(host: NewHost, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await host.howdah(words)
  expect(status, `${words.join(' ')}: ${stderr}`).toBe(0)
  return stdout
}

const place = ({ name, address }: NewHost): string[] => ['--name', name, '--address', address]

/** The hosts as one of them lists them, once it has heard of them all. */
const listed = (host: NewHost): Promise<string[]> =>
  until('hosts that are all up', async () => {
    const hosts = JSON.parse(await done(host, 'host', 'ls', '--json')) as Host[]
    const isWhole = hosts.every(({ isUp, phase }) => isUp && phase === 'live')
    return isWhole && hosts.map(({ name, etcd, instances }) => `${name} ${etcd?.role} ${instances}`)
  })

const readyOn = (host: NewHost): Promise<Instance> =>
  until('an instance that is ready', async () => {
    const [instance] = await host.api.listInstances({})
    return instance?.state === 'ready' && instance
  })

test.skipIf(why)(
  `one machine with an instance becomes three hosts and one machine again, and its server runs on${reason}`,
  async () => {
    await using lab = await openNewHosts(3)
    const [h1, h2, h3] = lab.hosts as [NewHost, NewHost, NewHost]
    await h1.finished(await h1.api.upProject(project('shop')))
    const { pid } = await readyOn(h1)

    await done(h1, 'host', 'init', ...place(h1), '--zone', 'z1', '--yes')
    expect(await listed(h1)).toEqual(['h1 leader 1'])
    const token = (await done(h1, 'host', 'token', '--expires', '10m')).trim()
    expect(JSON.stringify(await h1.api.listTokens({}))).not.toContain(token.slice(-30))
    // At once: the one waits for the other.
    const letJoin = (host: NewHost) => done(host, 'host', 'join', token, ...place(host), '--yes')
    await Promise.all([letJoin(h2), letJoin(h3)])
    const three = ['h1 leader 1', 'h2 follower 0', 'h3 follower 0']
    for (const host of [h1, h2, h3]) expect(await listed(host)).toEqual(three)

    expect((await readyOn(h3)).host).toBe('h1')
    expect(await done(h3, '-p', 'shop', 'ps')).toContain('ready')
    expect(await h2.howdah(['host', 'rm', 'h1', '--yes'])).toMatchObject({
      stderr: expect.stringContaining('HOST_IN_USE') as unknown,
    })

    await done(h1, 'host', 'rm', 'h3', '--yes')
    expect(await listed(h2)).toEqual(['h1 leader 1', 'h2 follower 0'])
    await until('a machine by itself', async () => (await h3.api.listHosts({})).length === 0)
    // The same machine may come back.
    await letJoin(h3)
    expect(await listed(h1)).toEqual(three)

    await done(h3, 'host', 'rm', 'h3', '--yes')
    await done(h2, 'host', 'rm', 'h2', '--yes')
    await done(h1, 'host', 'rm', 'h1', '--yes')
    expect(await h1.api.listHosts({})).toEqual([])
    const after = await readyOn(h1)
    expect([after.pid, after.host]).toEqual([pid, undefined])
    for (const { home } of [h1, h2, h3]) {
      expect(existsSync(join(home, 'etcd'))).toBe(false)
      expect(existsSync(join(home, 'host.json'))).toBe(false)
    }
  },
)

test.skipIf(why)(
  `a machine that cannot join is what it was, and a stranger’s token lets do nothing${reason}`,
  async () => {
    await using lab = await openNewHosts(2)
    const [h1, h2] = lab.hosts as [NewHost, NewHost]
    await done(h1, 'host', 'init', ...place(h1), '--yes')
    const token = (await done(h1, 'host', 'token')).trim()
    const taken = await h2.howdah([
      'host',
      'join',
      token,
      '--name',
      'h1',
      '--address',
      h2.address,
      '--yes',
    ])
    expect(taken.stderr).toContain('HOST_EXISTS')
    const [{ name } = { name: '' }] = await h1.api.listTokens({})
    await done(h1, 'token', 'rm', name)
    const ended = await h2.howdah(['host', 'join', token, ...place(h2), '--yes'])
    expect(ended.stderr).toContain('JOIN_REFUSED')
    expect(await listed(h1)).toEqual(['h1 leader 0'])
    expect(existsSync(join(h2.home, 'host.json'))).toBe(false)
    await h2.finished(await h2.api.upProject(project('web')))
    await readyOn(h2)
    await done(h1, 'host', 'rm', 'h1', '--yes')
  },
)
