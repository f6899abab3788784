import { once } from 'node:events'
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

interface Tunnelled {
  readonly project: string
  readonly service: string
}

/** Every certificate of ours has this name, so that `verify-full` holds at this end of a tunnel too. */
const HERE = 'localhost'

/**
 * Listens on this machine and carries every connection to an instance of the context's daemon, through the API. The
 * process may end while it listens. `onRefused` is told why a connection was not carried; it is closed.
 */
export async function openTunnel(
  context: RemoteContext,
  to: Tunnelled,
  onRefused: (error: AppError) => void,
  port = 0,
): Promise<{ readonly endpoint: Endpoint; readonly server: Server }> {
  const server = createServer((client) => {
    carry(context, to, client).catch((error: unknown) => {
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

function carry(
  { url, ca, token }: RemoteContext,
  { project, service }: Tunnelled,
  client: Socket,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(new URL(tunnelPath(project, service), url), {
      headers: {
        authorization: `Bearer ${token}`,
        connection: 'Upgrade',
        upgrade: TUNNEL_PROTOCOL,
      },
      ca,
      minVersion: 'TLSv1.2',
      agent: false,
    })
    client.once('error', () => asked.destroy())
    asked.on('error', (cause) => {
      reject(
        new AppError('DAEMON_UNREACHABLE', `the daemon on ${url}: ${cause.message}`, {
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
