import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createStreamClient } from '../../client/streams.ts'
import type { Caller } from '../../contract/access.ts'
import { streams } from '../../contract/api.ts'
import type { HostDocument } from '../../contract/documents/host.ts'
import type { ManagedSpec } from '../../contract/project.ts'
import { instance, member, projectDocument } from '../../core/plan/documents.suite.ts'
import { AppError } from '../../errors/app-error.ts'
import { secrets } from '../../operations/fake-host.suite.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import { openApi } from '../fixtures.suite.ts'
import type { HowdahApp } from '../mount.ts'
import type { Services } from '../services.ts'
import type { Peers } from './peers.ts'

const root: Caller = { name: 'root', role: 'admin', from: 'socket' }
const viewer: Caller = { name: 'eve', role: 'viewer', from: '10.0.0.9' }

const spec: ManagedSpec = {
  image: 'postgres:16',
  version: { major: 16 },
  imageExtensions: [],
  user: ['app'],
  database: ['app'],
  password: ['secret'],
  port: 5432,
  initdb: {},
  initFiles: [],
  settings: {},
  allowDowntime: false,
  tls: 'optional',
  at: { file: 'compose.yaml', line: 2, column: 3 },
}

const hostDocument = (name: string): HostDocument => ({
  format: 1,
  name,
  address: '10.0.0.1',
  phase: 'live',
  joinedAt: '2026-01-02T03:04:05.000Z',
  hasEtcd: true,
})

/** The hosts a and b on one store, without a network between them; `shop/db` is on a. */
async function openTwo(onA: Partial<Services> = {}) {
  const store = openSqliteStore(':memory:')
  onTestFinished(() => store.close())
  const apps: Record<string, HowdahApp> = {}
  const calls: string[] = []
  const peers: Peers = {
    async call({ name }, { method, path, body, caller }) {
      calls.push(`${name} ${method} ${path}`)
      const app = apps[name]
      if (!app) throw new AppError('HOST_DOWN', `“${name}” does not answer`)
      const headers = { 'content-type': 'application/json' }
      const init = { method, headers, ...(body === undefined ? {} : { body }) }
      return app.request(path, init, { caller, isForwarded: true })
    },
  }
  const a = openApi({ store, host: 'a', peers, caFile: '/a/ca.crt', ...onA })
  const b = openApi({ store, host: 'b', peers, caFile: '/b/ca.crt' })
  apps['a'] = a.app
  const { docs } = a
  const sealed = secrets.seal('credentials/shop/db', 'the password')
  await store.write([
    docs.hosts.put(['a'], hostDocument('a')),
    docs.hosts.put(['b'], hostDocument('b')),
    docs.projects.put(['shop'], { ...projectDocument, host: 'a' }),
    docs.instances.put(['shop', 'db'], { ...instance, host: 'a' }),
    docs.members.put(['shop', 'db', '0'], { ...member(), host: 'a' }),
    docs.credentials.put(['shop', 'db'], { format: 1, sealed }),
  ])
  const ask = (app: HowdahApp, path: string, body: object, caller: Caller) =>
    app.request(
      path,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      },
      { caller },
    )
  return { a, b, apps, calls, docs, store, ask }
}

test('what is asked of another host is done there, noted once, and is that host’s operation', async () => {
  const { b, docs, calls } = await openTwo()
  const { id } = await b.client.stopInstances({ project: 'shop', services: [] })
  expect(calls).toEqual(['a POST /v1/projects/shop/stop'])
  expect((await docs.operations.get(id))?.value).toMatchObject({ host: 'a', kind: 'stop' })
  const noted = (await docs.audit.list()).map(({ value: { who, what, result } }) => [
    who,
    what,
    result,
  ])
  expect(noted).toEqual([['root', 'stopInstances', 'ok']])
  // Operations are in the store, which is everywhere.
  expect((await b.client.getOperation({ id })).id).toBe(id)
  expect(calls).toHaveLength(1)
})

test('a connection to an instance of another host says so, and names this host’s authority', async () => {
  const { a, b } = await openTwo()
  const named = { project: 'shop', service: 'db' }
  const there = await a.client.getConnection(named)
  expect(there).toMatchObject({ password: 'the password', caFile: '/a/ca.crt' })
  expect(there.isElsewhere).toBeUndefined()
  expect(await b.client.getConnection(named)).toEqual({
    ...there,
    caFile: '/b/ca.crt',
    isElsewhere: true,
  })
})

test('lists are the same everywhere, and say which host does not answer', async () => {
  const { a, b, calls, docs, store } = await openTwo()
  expect(await b.client.listInstances({})).toEqual([
    expect.objectContaining({
      host: 'a',
      isElsewhere: true,
      reason: expect.stringContaining('“a” does not answer') as unknown,
    }),
  ])
  const seen = {
    version: '1',
    startedAt: projectDocument.createdAt,
    seenAt: projectDocument.createdAt,
    system: 'Linux',
    cpus: 1,
    memoryBytes: 1,
    diskFreeBytes: 1,
  }
  await store.write([docs.hostStatus.put(['a'], { format: 1, ...seen })])
  const [ofB] = await b.client.listInstances({})
  const [ofA] = await a.client.listInstances({})
  expect(ofB).toEqual({ ...ofA, caFile: '/b/ca.crt', isElsewhere: true })
  expect(calls).toEqual([])
})

test('who may not do something is refused where it asked, and nothing is sent on', async () => {
  const { b, calls, docs, ask } = await openTwo()
  const answer = await ask(b.app, '/v1/projects/shop/stop', { services: [] }, viewer)
  expect([answer.status, await answer.json()]).toEqual([
    403,
    expect.objectContaining({ code: 'FORBIDDEN' }),
  ])
  expect(calls).toEqual([])
  const noted = (await docs.audit.list()).map(({ value }) => [value.who, value.result])
  expect(noted).toEqual([['eve', 'FORBIDDEN']])
})

test('what was sent on is answered where it comes to, whatever the store says by then', async () => {
  const { b, calls, docs, store } = await openTwo()
  // Taken over by b after a had looked: nothing goes back and forth.
  await store.write([docs.projects.put(['shop'], { ...projectDocument, host: 'a' })])
  const answer = await b.app.request(
    '/v1/instances/shop/db',
    {},
    { caller: root, isForwarded: true },
  )
  expect(answer.status).toBe(200)
  expect(calls).toEqual([])
})

test('refusals of the other host arrive as they are, and so does its silence', async () => {
  const { b, apps } = await openTwo()
  const missing = b.client.getInstance({ project: 'shop', service: 'other' })
  await expect(missing).rejects.toMatchObject({ code: 'INSTANCE_NOT_FOUND' })
  const broken = ReadableStream.from(
    (async function* () {
      yield Buffer.from('{"project":"sh')
      throw new AppError('HOST_DOWN', 'it went away in the middle')
    })(),
  )
  apps['a'] = { request: async () => new Response(broken) } as unknown as HowdahApp
  const half = b.client.getInstance({ project: 'shop', service: 'db' })
  await expect(half).rejects.toMatchObject({ code: 'HOST_DOWN' })
  delete apps['a']
  const silent = b.client.getInstance({ project: 'shop', service: 'db' })
  await expect(silent).rejects.toMatchObject({ code: 'HOST_DOWN' })
})

test('a stream of another host comes as it comes there, and its break is told on it', async () => {
  let breaks = false
  const { b, apps } = await openTwo({
    async *readLog(file) {
      yield { line: `of ${file}` }
      yield { line: 'second' }
    },
  })
  const app = apps['a']!
  const inner = app.request.bind(app)
  apps['a'] = Object.assign(Object.create(app) as HowdahApp, {
    async request(...args: Parameters<typeof inner>) {
      const answer = await inner(...args)
      return breaks ? new Response(brokenOff(answer.body!), { headers: answer.headers }) : answer
    },
  })
  const client = createStreamClient(streams, {
    baseUrl: 'http://howdah',
    fetch: async (url, init) => b.app.request(url, init, { caller: root }),
  })
  const lines = async (): Promise<string[]> => {
    const got: string[] = []
    try {
      for await (const { line } of client.watchLogs({ project: 'shop', service: 'db' }))
        got.push(line)
    } catch (error) {
      got.push((error as AppError).code)
    }
    return got
  }
  expect(await lines()).toEqual([expect.stringContaining('of /'), 'second'])
  breaks = true
  expect(await lines()).toEqual([expect.stringContaining('of /'), 'HOST_DOWN'])
})

/** The first message and a half of the second, as of a host that dies then. */
function brokenOff(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  async function* parts(): AsyncIterable<Uint8Array> {
    const text = await new Response(body).text()
    yield Buffer.from(text.slice(0, text.indexOf('second')))
    throw new AppError('HOST_DOWN', 'it went away')
  }
  return ReadableStream.from(parts())
}

test('the start scripts of an `up` go along to the other host', async () => {
  const kept: string[] = []
  const { b, calls, docs } = await openTwo({
    uploads: {
      keep: async (name, bytes) =>
        `/a/uploads/${kept.push(`${name}: ${Buffer.from(bytes).toString()}`)}`,
      has: () => true,
    },
  })
  const folder = await mkdtemp(join(tmpdir(), 'howdah-scripts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, '01.sql')
  await writeFile(path, 'create table t ()')
  const services = { other: { ...spec, initFiles: [{ name: '01.sql', path }] } }
  const project = { project: 'shop', directory: folder, notes: [], allowMissingExtensions: false }
  const { id } = await b.client.upProject({ ...project, services })
  const { input } = (await docs.operations.get(id))!.value
  expect(JSON.stringify(input)).toContain('"path":"/a/uploads/1"')
  expect(JSON.stringify(input)).not.toContain(folder + '/01.sql')
  expect(calls).toEqual(['a POST /v1/uploads', 'a POST /v1/projects/shop/up'])
  expect(kept).toEqual(['01.sql: create table t ()'])
})
