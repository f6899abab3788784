import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import type { Duplex } from 'node:stream'
import { guard, type Guarded } from '../api/access/guard.ts'
import { otherHostOf } from '../api/forward/host-of.ts'
import type { Doorway } from '../api/mount.ts'
import { TUNNEL_PATH, TUNNEL_PROTOCOL } from '../contract/tunnel.ts'
import { AppError } from '../errors/app-error.ts'
import type { Documents } from '../store/documents.ts'
import type { HostPeers } from './host/peers.ts'

const RULE: Guarded = {
  summary: 'Carry the bytes of a client elsewhere to an instance',
  needs: 'developer',
  within: 'project',
}

interface Parts {
  readonly documents: Documents
  /** The name of this host in a cluster. */
  readonly host: string | undefined
  readonly peers: Pick<HostPeers, 'tunnel'>
}

/** Answers a request for an upgrade, which is refused on the connection itself. Who asks is told by the door that it came through. */
export type Carry = (
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  admit: () => Promise<Doorway>,
) => Promise<void>

/**
 * Answers an upgrade on one of the API's doors: from then on the bytes go to and from the instance's own address, which no other
 * machine may reach; for an instance of another host to that host’s door. What they say stays between client and server, TLS and
 * password included.
 */
export function tunnels({ documents, host, peers }: Parts): Carry {
  const rules = guard(documents)
  return async (request, client, head, admit) => {
    // A client that goes away in the middle is no news.
    client.on('error', () => client.destroy())
    try {
      const { project, service, path } = namedIn(request)
      const { caller, isForwarded } = await admit()
      await rules.admit(RULE, { project, service }, caller)
      const found = await documents.instances.get(project, service)
      if (!found) {
        throw new AppError('INSTANCE_NOT_FOUND', `project ${project} has no instance “${service}”`)
      }
      const other =
        host === undefined || isForwarded
          ? undefined
          : await otherHostOf(documents, host, RULE.within, { project })
      const far = other
        ? await peers.tunnel(other, { method: 'GET', path, caller })
        : await connected(found.value.endpoint, service)
      join(client, head, far)
    } catch (error) {
      refuse(client, AppError.from(error))
    }
  }
}

function namedIn({ url = '', headers }: IncomingMessage) {
  const named = TUNNEL_PATH.exec(url)?.groups
  if (!named || headers.upgrade !== TUNNEL_PROTOCOL) {
    throw new AppError('USAGE', 'there is nothing of this kind to upgrade to')
  }
  const project = decodeURIComponent(named['project'] ?? '')
  const service = decodeURIComponent(named['service'] ?? '')
  return { project, service, path: url }
}

function connected(
  endpoint: { readonly host: string; readonly port: number },
  service: string,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const server = connect(endpoint)
    const refused = (cause: Error): void => {
      const message = `“${service}” does not take connections: ${cause.message}`
      reject(new AppError('INSTANCE_NOT_RUNNING', message, { cause }))
    }
    server.once('error', refused)
    server.once('connect', () => {
      server.off('error', refused)
      resolve(server)
    })
  })
}

function join(client: Duplex, head: Buffer, far: Duplex): void {
  client.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${TUNNEL_PROTOCOL}\r\nConnection: Upgrade\r\n\r\n`,
  )
  if (head.length > 0) far.write(head)
  // The end of either side, however it comes, ends the other.
  // The HTTP server's own listeners stay on the socket beside those of both directions.
  client.setMaxListeners(20)
  far.setMaxListeners(20)
  pipeline(client, far, client, () => {
    client.destroy()
    far.destroy()
  })
}

function refuse(client: Duplex, error: AppError): void {
  const body = JSON.stringify(error)
  client.end(
    `HTTP/1.1 ${error.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
