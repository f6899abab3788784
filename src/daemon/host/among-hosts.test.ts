import { Hono } from 'hono'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { newToken } from '../../api/access/token-secret.ts'
import type { PeerCall } from '../../api/forward/peers.ts'
import type { Doorway } from '../../api/mount.ts'
import type { Caller } from '../../contract/access.ts'
import { tunnelPath } from '../../contract/tunnel.ts'
import { instance, projectDocument } from '../../core/plan/documents.suite.ts'
import { AppError } from '../../errors/app-error.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { createAuthority } from '../../system/certificate-authority.ts'
import { ensureDirectory } from '../../system/files.ts'
import { freePort } from '../../system/ports.ts'
import { issueServerCertificate } from '../../system/server-certificate.ts'
import { amongHosts } from './among-hosts.ts'
import { CALLER_HEADER, writeCaller } from './told-caller.ts'

const authority = await createAuthority({ name: 'test' })
const ann: Caller = { name: 'änn', role: 'developer', projects: ['shop'], from: '10.1.2.3' }
const ask = (path: string): PeerCall => ({ method: 'GET', path, caller: ann })

/** The hosts a and b of one cluster, each behind its door; each answers who called, as it believes. */
async function openHosts() {
  const store = openSqliteStore(':memory:')
  const docs = documents(store)
  const port = await freePort('127.0.0.1')
  const ports = { api: port, etcdClient: 1, etcdPeer: 2, etcdMetrics: 3 }
  const now = new Date().toISOString()
  const open = async (name: string, address: string) => {
    const home = await mkdtemp(join(tmpdir(), `howdah-${name}-`))
    await ensureDirectory(join(home, 'keys'), { mode: 0o700 })
    const file = { host: { name, address }, ports }
    const known = { home, authority, store, documents: docs, event: () => {} }
    const among = amongHosts({ ...known, file })
    const app = new Hono<{ Bindings: Doorway }>()
    app.get('/v1/who', (c) => c.json({ at: name, ...c.env }))
    app.get(
      '/v1/endless',
      () => new Response(new ReadableStream({ start: (c) => c.enqueue(Buffer.from('x')) })),
    )
    app.get('/v1/silent', () => {
      asked.resolve()
      return new Promise<Response>(() => {})
    })
    await among.open(app)
    const joined = {
      format: 1,
      name,
      address,
      phase: 'live',
      joinedAt: now,
      hasEtcd: true,
    } as const
    await store.write([docs.hosts.put([name], joined), ...up(name)])
    onTestFinished(async () => {
      await among.close()
      await rm(home, { recursive: true })
    })
    return { ...among, document: joined }
  }
  const asked = Promise.withResolvers<void>()
  const up = (name: string) => [
    docs.hostStatus.put([name], {
      format: 1,
      version: '0',
      startedAt: now,
      seenAt: now,
      system: 'Linux',
      cpus: 1,
      memoryBytes: 1,
      diskFreeBytes: 1,
    }),
  ]
  onTestFinished(() => store.close())
  const a = await open('a', '127.0.0.1')
  const b = await open('b', '127.0.0.2')
  return { store, docs, port, a, b, asked: asked.promise }
}

/** What b's door answers one who shows this certificate and says this, as told by its status. */
async function asStranger(
  port: number,
  pem: string | undefined,
  headers: Record<string, string>,
): Promise<[number | undefined, unknown]> {
  const shown = pem === undefined ? {} : { cert: pem, key: pem }
  const options = {
    host: '127.0.0.2',
    port,
    servername: 'b',
    path: '/v1/who',
    agent: false,
  } as const
  const sent = request({ ...options, ca: authority.certPem, headers, ...shown }).end()
  const [reply] = (await once(sent, 'response')) as [
    Parameters<typeof text>[0] & { statusCode: number },
  ]
  return [reply.statusCode, JSON.parse(await text(reply))]
}

const pemOf = async (commonName: string, alsoClient: boolean, by = authority): Promise<string> => {
  const names = { commonName, dnsNames: [commonName], ipAddresses: [], days: 1 }
  const { certPem, keyPem } = await issueServerCertificate(by, { ...names, alsoClient })
  return `${certPem}\n${keyPem}`
}

test('a call that is sent on is answered by the other host, which knows who asked and that it is not to send it on', async () => {
  const { a, b } = await openHosts()
  const answer = await a.peers.call(b.document, ask('/v1/who?x=1'))
  expect(await answer.json()).toEqual({ at: 'b', caller: ann, isForwarded: true })
})

test('who calls is believed from a host of the cluster alone', async () => {
  const { store, docs, port } = await openHosts()
  const header = { [CALLER_HEADER]: writeCaller({ name: 'root', role: 'admin', from: 'socket' }) }
  const other = await createAuthority({ name: 'test' })
  const { text: secret, secretSha256 } = newToken('t1')
  const createdAt = new Date().toISOString()
  const token = { id: 't1', name: 'ci', role: 'viewer', createdAt, createdBy: 'root' } as const
  await store.write([docs.tokens.put(['ci'], { format: 1, ...token, secretSha256 })])
  const bearer = { authorization: `Bearer ${secret}` }
  const refused = [401, expect.objectContaining({ code: 'UNAUTHENTICATED' })]

  expect((await asStranger(port, await pemOf('a', true), header))[0]).toBe(200)
  expect(await asStranger(port, undefined, header)).toEqual(refused)
  expect(await asStranger(port, undefined, { ...header, ...bearer })).toEqual(refused)
  // A Postgres server's certificate is of the same authority, and a service may be called as a host is.
  expect(await asStranger(port, await pemOf('a', false), header)).toEqual(refused)
  expect(await asStranger(port, await pemOf('c', true), header)).toEqual(refused)
  expect(await asStranger(port, await pemOf('a', true, other), header)).toEqual(refused)
  const garbled = { [CALLER_HEADER]: '{"name":"root","role":"admin","from":"socket","joins":true}' }
  expect(await asStranger(port, await pemOf('a', true), garbled)).toEqual(refused)
  // A host that says nothing of a caller is none itself.
  expect(await asStranger(port, await pemOf('a', true), {})).toEqual(refused)

  const [, who] = await asStranger(port, undefined, bearer)
  expect(who).toMatchObject({ caller: { name: 'ci', role: 'viewer' } })
  expect(who).not.toHaveProperty('isForwarded')
})

test('a host that was removed is believed no more', async () => {
  const { store, docs, a, b } = await openHosts()
  await store.write([docs.hosts.remove(['a'])])
  expect((await a.peers.call(b.document, ask('/v1/who'))).status).toBe(401)
})

test('a host without a sign of life is not asked, and one that does not answer is as down', async () => {
  const { store, docs, port, a, b } = await openHosts()
  const nobody = { ...b.document, address: '127.0.0.3' }
  const isDown = { code: 'HOST_DOWN', details: { host: 'b', carried: false } }
  await expect(a.peers.call(nobody, ask('/v1/who'))).rejects.toMatchObject(isDown)
  // Another host at its address is not it.
  const other = { ...b.document, address: a.document.address }
  await expect(a.peers.call(other, ask('/v1/who'))).rejects.toMatchObject(isDown)
  let connections = 0
  const watching = createServer(() => connections++)
  watching.listen({ host: '127.0.0.3', port })
  await once(watching, 'listening')
  onTestFinished(() => void watching.close())
  await store.write([docs.hostStatus.remove(['b'])])
  await expect(a.peers.call(nobody, ask('/v1/who'))).rejects.toMatchObject(isDown)
  expect(connections).toBe(0)
})

test('a host that goes while it is asked, and says nothing of it, is given up with its lease', async () => {
  const { store, docs, a, b, asked } = await openHosts()
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const answer = a.peers.call(b.document, ask('/v1/silent'))
  const given = expect(answer).rejects.toMatchObject({
    code: 'HOST_DOWN',
    details: { host: 'b', carried: true },
  })
  await asked
  await vi.advanceTimersByTimeAsync(60_000)
  await store.write([docs.hostStatus.remove(['b'])])
  await vi.advanceTimersByTimeAsync(5000)
  await given
})

test('an answer that breaks off in the middle says that the host is down', async () => {
  const { a, b } = await openHosts()
  const answer = await a.peers.call(b.document, ask('/v1/endless'))
  const reader = answer.body!.getReader()
  expect(String(Buffer.from((await reader.read()).value ?? []))).toBe('x')
  await b.close()
  await expect(reader.read()).rejects.toMatchObject({
    code: 'HOST_DOWN',
    details: { carried: true },
  })
})

test('a client is carried through this host to an instance of another, and told what that refuses', async () => {
  const { store, docs, a, b } = await openHosts()
  const greeter = createServer((socket) => void socket.on('error', () => {}).write('hello'))
  greeter.listen({ host: '127.0.0.1', port: 0 })
  await once(greeter, 'listening')
  onTestFinished(() => void greeter.close())
  const endpoint = { host: '127.0.0.1', port: (greeter.address() as AddressInfo).port }
  await store.write([
    docs.projects.put(['shop'], { ...projectDocument, host: 'b' }),
    docs.instances.put(['shop', 'db'], { ...instance, host: 'b', endpoint }),
  ])
  const far = await a.peers.tunnel(b.document, ask(tunnelPath('shop', 'db')))
  const [said] = (await once(far, 'data')) as [Buffer]
  expect(said.toString()).toBe('hello')
  far.destroy()
  const denied = a.peers.tunnel(b.document, ask(tunnelPath('web', 'db')))
  await expect(denied).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect(denied).rejects.toBeInstanceOf(AppError)
})
