import { Hono } from 'hono'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { newToken } from '../api/access/token-secret.ts'
import { TUNNEL_PROTOCOL, tunnelPath } from '../contract/tunnel.ts'
import { instance } from '../core/plan/documents.suite.ts'
import { documents } from '../store/documents.ts'
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts'
import { ensureDirectory } from '../system/files.ts'
import { freePort } from '../system/ports.ts'
import { openAuthority } from './authority.ts'
import { homeLayout } from './home.ts'
import { amongHosts } from './host/among-hosts.ts'
import { RemoteDoor } from './remote-door.ts'

/** A door that serves nothing but tunnels to a server that greets and then waits, and a developer's token for it. */
async function openDoor() {
  const home = await mkdtemp(join(tmpdir(), 'howdah-door-'))
  onTestFinished(() => rm(home, { recursive: true }))
  await ensureDirectory(dirname(homeLayout(home).apiCertificate), { mode: 0o700 })
  const greeter = createServer((socket) => void socket.on('error', () => {}).write('hello'))
  greeter.listen({ host: '127.0.0.1', port: 0 })
  await once(greeter, 'listening')
  onTestFinished(() => void greeter.close())
  const { port } = greeter.address() as AddressInfo
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const docs = documents(store)
  const { text, secretSha256 } = newToken('t1')
  const createdAt = new Date().toISOString()
  const token = { id: 't1', name: 'ci', role: 'developer', createdAt, createdBy: 'root' } as const
  const endpoint = { host: '127.0.0.1', port }
  await store.write([
    docs.tokens.put(['ci'], { format: 1, ...token, secretSha256 }),
    docs.instances.put(['shop', 'db'], { ...instance, endpoint }),
  ])
  const authority = await openAuthority(home)
  const known = { home, authority, store, documents: docs, event: () => {} }
  const { carry } = amongHosts({ ...known, file: undefined })
  const door = new RemoteDoor({ ...known, carry })
  await door.open(new Hono())
  const at = { address: '127.0.0.1', port: await freePort('127.0.0.1') }
  await door.listen({ ...at, names: [] })
  return { door, at, ca: authority.certPem, token: text }
}

test('a tunnel that is open ends with the door, which does not wait for its client', async () => {
  const { door, at, ca, token } = await openDoor()
  const asked = request({
    host: at.address,
    port: at.port,
    ca,
    path: tunnelPath('shop', 'db'),
    headers: {
      authorization: `Bearer ${token}`,
      connection: 'Upgrade',
      upgrade: TUNNEL_PROTOCOL,
    },
  }).end()
  const [, far] = (await once(asked, 'upgrade')) as [unknown, Duplex, Buffer]
  far.on('error', () => {})
  far.resume()
  const ended = once(far, 'close')
  await door.close()
  await ended
  expect(far.destroyed).toBe(true)
})
