import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { type Door, type DoorOptions, openDoor } from './door.ts'
import { freePort, isFree } from './ports.ts'

/** A client says `hello`, letter by letter if it likes; who begins otherwise is a stranger. */
const whoSent = (bytes: Uint8Array) => {
  const text = Buffer.from(bytes).toString()
  if (text.startsWith('hello')) return 'client' as const
  return 'hello'.startsWith(text) ? ('unknown' as const) : ('stranger' as const)
}

async function newDoor(options: Partial<DoorOptions> = {}) {
  const place = { host: '127.0.0.1', port: await freePort('127.0.0.1') }
  let knocks = 0
  const door = await openDoor({ ...place, whoSent, onKnock: () => knocks++, ...options })
  onTestFinished(() => door.drop())
  return { door, place, knocks: () => knocks }
}

async function visit({ place }: Pick<Door, 'place'>): Promise<Socket> {
  const socket = connect({ ...place, allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** A server that says everything back in capitals and ends when its client does. */
async function shoutingServer({ host, port }: Door['place']): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('data', (data) => socket.write(data.toString().toUpperCase()))
    socket.on('end', () => socket.end('BYE'))
    socket.on('error', () => undefined)
  })
  server.listen({ host, port, exclusive: true })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

async function allOf(socket: Socket): Promise<string> {
  let said = ''
  for await (const chunk of socket.setEncoding('utf8')) said += chunk as string
  return said
}

const isClosed = (socket: Socket) => expect.poll(() => socket.readableEnded || socket.closed)

test('clients who knock are held, and get the server that comes with all that they said', async () => {
  const { door, place, knocks } = await newDoor()
  const [first, second] = [await visit({ place }), await visit({ place })]
  first.write('hel')
  await delay(20)
  expect(knocks()).toBe(0)
  first.write('lo there')
  await expect.poll(knocks).toBe(1)
  expect(door.knocked).toBe(true)
  second.write('hello too')
  first.end()
  door.shut()
  expect(await isFree(place.host, place.port)).toBe(true)
  await shoutingServer(place)
  door.handOver()
  second.end(' and more')
  expect(await allOf(first)).toBe('HELLO THEREBYE')
  expect(await allOf(second)).toBe('HELLO TOO AND MOREBYE')
  expect(knocks()).toBe(1)
})

test('one who has said nothing yet when the server comes is handed over too', async () => {
  const { door, place } = await newDoor({ silenceMs: 100 })
  const silent = await visit({ place })
  const half = await visit({ place })
  half.write('he')
  await delay(20)
  door.shut()
  await shoutingServer(place)
  door.handOver()
  await delay(150)
  silent.end('hello')
  half.end('llo')
  expect(await allOf(silent)).toBe('HELLOBYE')
  expect(await allOf(half)).toBe('HELLOBYE')
})

test('who comes and goes without a word, says nothing for long, or is a stranger does not knock', async () => {
  const { place, knocks } = await newDoor({ silenceMs: 50 })
  const scanner = await visit({ place })
  scanner.end()
  const silent = await visit({ place })
  const browser = await visit({ place })
  browser.write('GET / HTTP/1.1\r\n')
  for (const socket of [scanner, silent, browser]) {
    socket.resume()
    await isClosed(socket).toBe(true)
  }
  expect(knocks()).toBe(0)
})

test('dropping ends who is held and who was handed over', async () => {
  const { door, place } = await newDoor()
  const held = await visit({ place })
  held.write('hello')
  door.shut()
  await shoutingServer(place)
  door.handOver()
  await once(held, 'data')
  door.drop()
  await isClosed(held.resume()).toBe(true)
})

test('a client of a server that is not there after all is ended', async () => {
  const { door, place, knocks } = await newDoor()
  const client = await visit({ place })
  client.write('hello')
  await expect.poll(knocks).toBe(1)
  door.handOver()
  await isClosed(client.resume()).toBe(true)
})

test('a place that somebody has is PORT_IN_USE', async () => {
  const { place } = await newDoor()
  await expect(newDoor(place)).rejects.toMatchObject({ code: 'PORT_IN_USE' })
})
