import { once } from 'node:events'
import { type ClientRequest, request as requestOverHttp } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Endpoint } from '../../contract/instance.ts'
import { TUNNEL_PROTOCOL, tunnelPath } from '../../contract/tunnel.ts'
import { readError } from '../../client/client.ts'
import { AppError } from '../../errors/app-error.ts'
import { SocketReply } from '../socket-reply.ts'
import { NOBODY_THERE } from './https-fetch.ts'
import type { RemoteContext } from './contexts.ts'

/** How a daemon is asked for a tunnel. */
export interface TunnelWay {
  /** Names the daemon to people. */
  readonly to: string
  /** A request that is not sent yet. */
  readonly ask: (path: string, headers: Readonly<Record<string, string>>) => ClientRequest
}

/** To the daemon of a context. */
export const overHttps = ({ url, ca, token }: RemoteContext): TunnelWay => ({
  to: url,
  ask: (path, headers) =>
    request(new URL(path, url), {
      headers: { ...headers, authorization: `Bearer ${token}` },
      ca,
      minVersion: 'TLSv1.2',
      agent: false,
    }),
})

/** To the daemon of this machine, for an instance of another host of its cluster. */
export const overSocket = (socketPath: string): TunnelWay => ({
  to: socketPath,
  ask: (path, headers) => requestOverHttp({ socketPath, path, headers, agent: false }),
})

interface Tunnelled {
  readonly project: string
  readonly service: string
}

/** Every certificate of ours has this name, so that `verify-full` holds at this end of a tunnel too. */
const HERE = 'localhost'

/**
 * Listens on this machine and carries every connection to an instance of a daemon, through its API. The
 * process may end while it listens. `onRefused` is told why a connection was not carried; it is closed.
 */
export async function openTunnel(
  way: TunnelWay,
  to: Tunnelled,
  onRefused: (error: AppError) => void,
  port = 0,
): Promise<{ readonly endpoint: Endpoint; readonly server: Server }> {
  const server = createServer((client) => {
    carry(way, to, client).catch((error: unknown) => {
      client.destroy()
      onRefused(AppError.from(error))
    })
  })
  server.listen({ host: '127.0.0.1', port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new AppError(
      'CANNOT_LISTEN',
      `cannot listen on port ${port} of this machine: ${String(cause)}`,
      {
        cause,
        hint: 'Choose another with --port.',
      },
    )
  }
  server.unref()
  return { endpoint: { host: HERE, port: (server.address() as AddressInfo).port }, server }
}

function carry(way: TunnelWay, { project, service }: Tunnelled, client: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = way.ask(tunnelPath(project, service), {
      connection: 'Upgrade',
      upgrade: TUNNEL_PROTOCOL,
    })
    client.once('error', () => asked.destroy())
    asked.on('error', (cause) => {
      reject(
        new AppError('DAEMON_UNREACHABLE', `the daemon on ${way.to}: ${cause.message}`, {
          cause,
          hint: NOBODY_THERE,
        }),
      )
    })
    asked.on('response', (reply) => {
      readError(new SocketReply(reply) as unknown as Response).then(reject, reject)
    })
    asked.on('upgrade', (_reply, far, head) => {
      if (head.length > 0) client.write(head)
      pipeline(client, far, client, () => {
        client.destroy()
        far.destroy()
      })
      resolve()
    })
    asked.end()
  })
}
