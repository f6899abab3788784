import { expect, test, vi } from 'vitest'
import type { HostDocument } from '../../contract/documents/host.ts'
import { etcdAccess } from './etcd-access.ts'
import { createAuthority } from '../../system/certificate-authority.ts'
import { followHosts } from './follow-hosts.ts'
import { readHostFile, writeHostFile } from './host-file.ts'
import { memberFile, openTestHome } from './test-home.suite.ts'

const host = (n: number, changes: Partial<HostDocument> = {}): HostDocument => ({
  format: 1,
  name: `h${n}`,
  address: `10.0.0.${n}`,
  phase: 'live',
  joinedAt: '2026-01-01T00:00:00.000Z',
  hasEtcd: true,
  ...changes,
})

test('where etcd is asked follows the hosts that have it, this host’s own first, and is remembered', async () => {
  const { home, store, docs } = await openTestHome()
  await writeHostFile(home, memberFile)
  const access = await etcdAccess(home, await createAuthority({ name: 'test' }), memberFile)
  const stop = new AbortController()
  const following = followHosts({ store, documents: docs, home, access }, stop.signal)
  const known = async () => (await readHostFile(home))?.etcdHosts
  const put = (h: HostDocument) => store.write([docs.hosts.put([h.name], h)])
  // None is registered yet: what is known stays.
  await put(host(4, { hasEtcd: false }))
  await put(host(3, { phase: 'joining' }))
  await put(host(2))
  await put(host(1))
  await vi.waitFor(async () => expect(await known()).toEqual(['10.0.0.1', '10.0.0.2']))
  expect(access.endpoints).toEqual(['https://10.0.0.1:7433', 'https://10.0.0.2:7433'])
  await put(host(3))
  await vi.waitFor(async () => expect(await known()).toHaveLength(3))
  await store.write([docs.hosts.remove(['h1'])])
  await vi.waitFor(async () => expect(await known()).toEqual(['10.0.0.2', '10.0.0.3']))
  stop.abort()
  await following
})

test('a host that is leaving says so in its file, whatever hosts come and go', async () => {
  const { home, store, docs } = await openTestHome()
  const leaving = { ...memberFile, state: 'leaving', isLast: false } as const
  await writeHostFile(home, leaving)
  const access = await etcdAccess(home, await createAuthority({ name: 'test' }), memberFile)
  const stop = new AbortController()
  const following = followHosts({ store, documents: docs, home, access }, stop.signal)
  await store.write([docs.hosts.put(['h2'], host(2))])
  await vi.waitFor(() => expect(access.endpoints).toEqual(['https://10.0.0.2:7433']))
  stop.abort()
  await following
  expect(await readHostFile(home)).toEqual(leaving)
})
