import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Answering, SocketDoor } from './socket-door.ts'

const saying = (text: string): Answering => ({ app: { fetch: () => new Response(text) } })

interface Call {
  readonly sent: Promise<void>
  /** The reply has begun. */
  readonly begun: Promise<void>
  readonly text: Promise<string>
}

function call(socketPath: string): Call {
  const { promise: begun, resolve: isBegun } = Promise.withResolvers<void>()
  const { promise: sent, resolve: isSent } = Promise.withResolvers<void>()
  const text = new Promise<string>((resolve, reject) => {
    const calling = request({ socketPath, path: '/', agent: false }, (reply) => {
      isBegun()
      let all = ''
      reply.setEncoding('utf8').on('data', (part: string) => (all += part))
      reply.on('end', () => resolve(all))
      reply.on('error', reject)
    })
    calling.on('error', reject)
    calling.on('finish', isSent)
    calling.end()
  })
  return { sent, begun, text }
}

async function openDoor() {
  const home = await mkdtemp(join(tmpdir(), 'howdah-door-'))
  await mkdir(join(home, 'run'))
  const door = new SocketDoor(home)
  onTestFinished(async () => {
    await door.close()
    await rm(home, { recursive: true })
  })
  return door
}

test('who calls while the state is opened anew is answered when it is open', async () => {
  const door = await openDoor()
  const socket = await door.open(saying('first'))
  expect(await call(socket).text).toBe('first')
  await door.hold()
  const waiting = call(socket)
  await waiting.sent
  expect(await door.open(saying('second'))).toBe(socket)
  expect(await waiting.text).toBe('second')
  expect(await call(socket).text).toBe('second')
})

test('a call that is under way is answered by whom it was put to', async () => {
  const door = await openDoor()
  const begun = Promise.withResolvers<void>()
  const reply = Promise.withResolvers<Response>()
  const fetch = (): Promise<Response> => {
    begun.resolve()
    return reply.promise
  }
  const socket = await door.open({ app: { fetch } })
  const { text } = call(socket)
  await begun.promise
  const held = door.hold()
  reply.resolve(new Response('first'))
  expect(await text).toBe('first')
  await held
})

test('who follows something is told to ask anew', async () => {
  const door = await openDoor()
  const stream = new ReadableStream({ start: (c) => c.enqueue(new TextEncoder().encode('so far')) })
  const socket = await door.open({ app: { fetch: () => new Response(stream) } })
  const { begun, text } = call(socket)
  const outcome = text.catch((error: unknown) => error)
  await begun
  await door.hold()
  expect(await outcome).toMatchObject({ code: 'ECONNRESET' })
})
