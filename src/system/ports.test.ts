import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listeningInodes, whoListens } from './port-listener.ts'
import { canBindLoopback, freePort, isFree } from './ports.ts'

async function listen(host: string): Promise<number> {
  const server = createServer().listen({ host, port: 0 })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('a port is free until somebody listens, and it is known who', async () => {
  const port = await listen('127.0.0.1')
  expect(await isFree('127.0.0.1', port)).toBe(false)
  if (process.platform === 'linux') {
    expect(whoListens(port)).toMatchObject({ pid: process.pid, name: expect.any(String) })
  }
})

test('a listener on every address takes the port of each', async () => {
  const port = await listen('0.0.0.0')
  expect(await isFree('0.0.0.0', port)).toBe(false)
  if (process.platform === 'linux') expect(await isFree('127.0.0.1', port)).toBe(false)
})

test('a free port can be listened on, and nobody listens there', async () => {
  const port = await freePort('127.0.0.1')
  expect(await isFree('127.0.0.1', port)).toBe(true)
  expect(whoListens(port)).toBeUndefined()
})

test('an address of another machine is not free', async () => {
  expect(await isFree('192.0.2.1', 5432)).toBe(false)
})

test.runIf(process.platform === 'linux')(
  'on Linux every loopback address can be used',
  async () => {
    expect(await canBindLoopback('127.77.1.9')).toBe(true)
    expect(await canBindLoopback('192.0.2.1')).toBe(false)
  },
)

test('only listening sockets of exactly that port count', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   105        0 111 1 0 100 0 0 10 0',
    '   1: 0100007F:1538 0100007F:9C40 01 00000000:00000000 00:00000000 00000000   105        0 222 1 0 20 4 30 10 -1',
    '   2: 0100007F:1539 00000000:0000 0A 00000000:00000000 00:00000000 00000000   105        0 333 1 0 100 0 0 10 0',
  ].join('\n')
  expect(listeningInodes(table, 0x1538)).toEqual(['111'])
})
