import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { socketFetch } from './socket-fetch.ts'

let folder: string
let server: Server | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-socket-'))
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true })
})

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const path = join(folder, 'd.sock')
  server = createServer(handler as never)
  await new Promise<void>((resolve) => server?.listen(path, resolve))
  return path
}

test('method, path, query, headers and body arrive, and the answer comes back', async () => {
  const path = await listen((request, reply) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      reply.writeHead(409, { 'content-type': 'application/json' })
      const { method, url, headers } = request
      reply.end(JSON.stringify({ method, url, type: headers['content-type'], body }))
    })
  })
  const reply = await socketFetch(path)('http://howdah/v1/x?a=1', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"ü":1}',
  })
  expect(reply.status).toBe(409)
  expect(await reply.json()).toEqual({
    method: 'PUT',
    url: '/v1/x?a=1',
    type: 'application/json',
    body: '{"ü":1}',
  })
})

test('a body is read as it is written, and an abort ends it', async () => {
  const path = await listen((_, reply) => void reply.write('first'))
  const leave = new AbortController()
  const reply = await socketFetch(path)('http://howdah/v1/watch', { signal: leave.signal })
  const reader = reply.body!.getReader()
  const { value } = await reader.read()
  expect(new TextDecoder().decode(value)).toBe('first')
  leave.abort()
  await expect(reader.read()).rejects.toThrow()
})

test('nobody listening is DAEMON_UNREACHABLE and says that nothing was carried', async () => {
  await expect(socketFetch(join(folder, 'none'))('http://howdah/v1/daemon', {})).rejects.toThrow(
    expect.objectContaining({ code: 'DAEMON_UNREACHABLE', details: { absent: true } }),
  )
})

test('a connection that breaks is DAEMON_UNREACHABLE and may have been carried out', async () => {
  const path = await listen((request) => void request.socket.destroy())
  await expect(socketFetch(path)('http://howdah/v1/daemon', {})).rejects.toThrow(
    expect.objectContaining({ code: 'DAEMON_UNREACHABLE', details: { absent: false } }),
  )
})
