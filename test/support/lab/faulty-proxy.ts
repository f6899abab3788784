import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Socket } from 'node:net'
import type { Certificates, ObjectStore } from './object-stores.ts'

/** `pass`: as the store answers. `hang`: requests are taken and never answered. `fail`: 500. `refuse`: 403, as for keys that were withdrawn. */
export type ProxyMode = 'pass' | 'hang' | 'fail' | 'refuse'

export interface FaultyProxy extends AsyncDisposable {
  readonly port: number
  mode: ProxyMode
  /** Requests that it took since the start. */
  readonly taken: number
}

/** Stands in front of a store, over TLS on both sides, and does what a test says. */
export async function startProxy(store: ObjectStore, tls: Certificates): Promise<FaultyProxy> {
  const sockets = new Set<Socket>()
  const proxy = { mode: 'pass' as ProxyMode, taken: 0 }
  const server = createServer({ key: tls.key, cert: tls.cert }, (asked, answer) => {
    proxy.taken++
    if (proxy.mode === 'pass') return forward(asked, answer, store.port, tls.ca)
    if (proxy.mode === 'hang') return
    asked.resume().on('end', () => {
      answer.writeHead(proxy.mode === 'fail' ? 500 : 403).end()
    })
  })
  server.on('secureConnection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.defineProperties(proxy, {
    port: { value: (server.address() as AddressInfo).port },
    [Symbol.asyncDispose]: {
      value: async () => {
        for (const socket of sockets) socket.destroy()
        server.close()
        await once(server, 'close')
      },
    },
  }) as typeof proxy & FaultyProxy
}

function forward(asked: IncomingMessage, answer: ServerResponse, port: number, ca: string): void {
  const { method, url, headers } = asked
  const onward = request(
    { host: 'localhost', port, ca, method, path: url, headers, agent: false },
    (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    },
  )
  onward.on('error', () => answer.destroy())
  asked.pipe(onward)
}
