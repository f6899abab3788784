import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import type { Duplex } from 'node:stream'
import { guard, type Guarded } from '../api/access/guard.ts'
import type { Caller } from '../contract/access.ts'
import { TUNNEL_PATH, TUNNEL_PROTOCOL } from '../contract/tunnel.ts'
import { AppError } from '../errors/app-error.ts'
import type { Documents } from '../store/documents.ts'

const RULE: Guarded = {
  summary: 'Carry the bytes of a client elsewhere to an instance',
  needs: 'developer',
  within: 'project',
}

interface Parts {
  readonly documents: Documents
  readonly admit: (authorization: string | undefined, from: string) => Promise<Caller>
}

/**
 * Answers an upgrade on the API's door: from then on the bytes go to and from the instance's own address, which no other
 * machine may reach. What they say stays between client and server, TLS and password included.
 */
export function tunnels({ documents, admit }: Parts) {
  const rules = guard(documents)
  return async (request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> => {
    // A client that goes away in the middle is no news.
    client.on('error', () => client.destroy())
    try {
      const named = TUNNEL_PATH.exec(request.url ?? '')?.groups
      if (!named || request.headers.upgrade !== TUNNEL_PROTOCOL) {
        throw new AppError('USAGE', 'there is nothing of this kind to upgrade to')
      }
      const project = decodeURIComponent(named['project'] ?? '')
      const service = decodeURIComponent(named['service'] ?? '')
      const from = request.socket.remoteAddress ?? 'unknown'
      await rules.admit(
        RULE,
        { project, service },
        await admit(request.headers.authorization, from),
      )
      const found = await documents.instances.get(project, service)
      if (!found) {
        throw new AppError('INSTANCE_NOT_FOUND', `project ${project} has no instance “${service}”`)
      }
      carry(client, head, found.value.endpoint, service)
    } catch (error) {
      refuse(client, AppError.from(error))
    }
  }
}

function carry(
  client: Duplex,
  head: Buffer,
  endpoint: { readonly host: string; readonly port: number },
  service: string,
): void {
  const server = connect(endpoint)
  const refused = (cause: Error): void => {
    const message = `“${service}” does not take connections: ${cause.message}`
    refuse(client, new AppError('INSTANCE_NOT_RUNNING', message, { cause }))
  }
  server.once('error', refused)
  server.once('connect', () => {
    server.off('error', refused)
    client.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${TUNNEL_PROTOCOL}\r\nConnection: Upgrade\r\n\r\n`,
    )
    if (head.length > 0) server.write(head)
    // The end of either side, however it comes, ends the other.
    // The HTTP server's own listeners stay on the socket beside those of both directions.
    client.setMaxListeners(20)
    pipeline(client, server, client, () => {
      client.destroy()
      server.destroy()
    })
  })
}

function refuse(client: Duplex, error: AppError): void {
  const body = JSON.stringify(error)
  client.end(
    `HTTP/1.1 ${error.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
