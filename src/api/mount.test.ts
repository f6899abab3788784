import { expect, test } from 'vitest'
import { z } from 'zod'
import { createClient } from '../client/client.ts'
import { createStreamClient } from '../client/streams.ts'
import { endpoint, stream } from '../contract/endpoint.ts'
import { AppError } from '../errors/app-error.ts'
import type { Caller } from '../contract/access.ts'
import type { Audit } from './access/audit.ts'
import type { Forward } from './forward/forward.ts'
import type { Guard } from './access/guard.ts'
import { mount } from './mount.ts'

const Item = z.object({ project: z.string(), name: z.string() })
const api = {
  getItem: endpoint({
    method: 'GET',
    path: '/v1/items/{project}/{name}',
    summary: 'One',
    needs: 'viewer',
    within: 'project',
    input: Item.extend({ limit: z.coerce.number<number>().int().default(7) }),
    reply: Item.extend({ limit: z.int() }),
  }),
  putItem: endpoint({
    method: 'PUT',
    path: '/v1/items/{project}',
    summary: 'Put one',
    needs: 'viewer',
    within: 'project',
    input: Item,
    reply: Item,
  }),
  dropItem: endpoint({
    method: 'DELETE',
    path: '/v1/items/{project}',
    summary: 'Drop one',
    needs: 'viewer',
    within: 'project',
    input: Item,
    reply: z.object({ dropped: z.string() }),
  }),
  fail: endpoint({
    method: 'POST',
    path: '/v1/fail',
    summary: 'Fails',
    needs: 'viewer',
    within: 'project',
    input: z.object({ how: z.enum(['known', 'defect', 'wrong-reply']) }),
    reply: z.object({ n: z.int() }),
  }),
}
const streams = {
  watchItems: stream({
    path: '/v1/items/{project}/watch',
    summary: 'Some',
    needs: 'viewer',
    within: 'project',
    input: z.object({ project: z.string(), names: z.string().default('a') }),
    event: Item,
  }),
}

const caller: Caller = { name: 'root', role: 'admin', from: 'socket' }
const openAudit: Audit = {
  handle: (_what, _e, _input, _caller, act) => act(),
  refused: async () => {},
}
const openGuard: Guard = {
  admit: async () => {},
  reply: async (_call, reply) => reply,
  sees: async () => true,
}
const nowhereElse: Forward = { call: async () => undefined, stream: async () => undefined }

const known = new AppError('PORT_IN_USE', 'nginx has it', { details: { port: 80 }, hint: 'Ask.' })

function connect() {
  const defects: AppError[] = []
  let watched: AbortSignal | undefined
  const app = mount(
    api,
    {
      getItem: async (item) => item,
      putItem: async (item) => item,
      dropItem: async ({ name }) => ({ dropped: name }),
      fail: async ({ how }) => {
        if (how === 'wrong-reply') return { n: 1.5 }
        throw how === 'known' ? known : new Error('a defect')
      },
    },
    streams,
    {
      async *watchItems({ project, names }, signal) {
        watched = signal
        for (const name of names.split(',')) {
          if (name === 'fails') throw known
          if (name === 'waits') await new Promise((end) => signal.addEventListener('abort', end))
          yield { project, name }
        }
      },
    },
    openGuard,
    openAudit,
    nowhereElse,
    (error) => defects.push(error),
  )
  const options = {
    baseUrl: 'http://howdah',
    fetch: async (url: string, init: RequestInit) => app.request(url, init, { caller }),
  }
  return {
    app,
    defects,
    client: createClient(api, options),
    streams: createStreamClient(streams, options),
    watched: () => watched,
  }
}

const odd = { project: 'a/b?c=d&e#f %2F', name: '“ü” \n' }

test('what goes in the path, the query and the body arrives as it was sent', async () => {
  const { client } = connect()
  expect(await client.getItem({ ...odd, limit: 3 })).toEqual({ ...odd, limit: 3 })
  expect(await client.getItem(odd)).toEqual({ ...odd, limit: 7 })
  expect(await client.putItem(odd)).toEqual(odd)
  expect(await client.dropItem(odd)).toEqual({ dropped: odd.name })
})

test('an error of the daemon is the same error in the client', async () => {
  const { client, defects } = connect()
  const caught = await client.fail({ how: 'known' }).catch((error: unknown) => error)
  expect(caught).toBeInstanceOf(AppError)
  expect((caught as AppError).toJSON()).toEqual(known.toJSON())
  expect(defects).toEqual([])
})

test.each(['defect', 'wrong-reply'] as const)(
  'a handler with a %s is INTERNAL and is told to the log',
  async (how) => {
    const { client, defects } = connect()
    await expect(client.fail({ how })).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(defects).toHaveLength(1)
  },
)

test.each([
  ['without its form', 'POST', '/v1/fail', '{"how":"other"}'],
  ['without JSON', 'POST', '/v1/fail', '{'],
  ['with another JSON than an object', 'POST', '/v1/fail', '"text"'],
  ['with a query of another form', 'GET', '/v1/items/a/b?limit=x', undefined],
])('a request %s is USAGE', async (_, method, path, body) => {
  const { app, defects } = connect()
  const response = await app.request(path, { method, ...(body ? { body } : {}) }, { caller })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'USAGE' })
  expect(defects).toEqual([])
})

test('what is wrong with a request is told a line each, by the name of the field', async () => {
  const { app } = connect()
  const response = await app.request(
    '/v1/fail',
    { method: 'POST', body: '{"how":"other"}' },
    { caller },
  )
  expect(await response.json()).toMatchObject({
    message: expect.stringMatching(/^how: /) as string,
  })
})

test('the path has the last word over a body that names the same', async () => {
  const { app } = connect()
  const body = JSON.stringify({ project: 'other', name: 'n' })
  const response = await app.request('/v1/items/mine', { method: 'PUT', body }, { caller })
  expect(await response.json()).toEqual({ project: 'mine', name: 'n' })
})

test('an answer that is not ours is INTERNAL with its status', async () => {
  const fetch = async (): Promise<Response> => new Response('<html>', { status: 502 })
  const client = createClient(api, { baseUrl: 'http://proxy', fetch })
  await expect(client.putItem(odd)).rejects.toMatchObject({
    code: 'INTERNAL',
    message: 'the daemon answered 502: <html>',
  })
})

test('a stream gives every item in order, and ends', async () => {
  const seen: unknown[] = []
  const items = connect().streams.watchItems({ project: 'a/b', names: 'x,ü \n,z' })
  for await (const item of items) seen.push(item)
  expect(seen).toEqual(['x', 'ü \n', 'z'].map((name) => ({ project: 'a/b', name })))
})

test('an error in the middle of a stream comes after the items before it', async () => {
  const seen: string[] = []
  const read = async (): Promise<void> => {
    for await (const { name } of connect().streams.watchItems({
      project: 'p',
      names: 'x,fails,z',
    })) {
      seen.push(name)
    }
  }
  await expect(read()).rejects.toMatchObject({ code: 'PORT_IN_USE', details: { port: 80 } })
  expect(seen).toEqual(['x'])
})

test('a reader who leaves ends the handler’s work', async () => {
  const { streams, watched } = connect()
  for await (const { name } of streams.watchItems({ project: 'p', names: 'x,waits' })) {
    if (name === 'x') break
  }
  await expect.poll(() => watched()?.aborted).toBe(true)
})
