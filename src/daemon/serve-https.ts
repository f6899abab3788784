import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Doorway, HowdahApp } from '../api/mount.ts'
import { AppError } from '../errors/app-error.ts'
import type { NewEvent } from '../operations/dependencies.ts'
import type { Logins } from './logins.ts'
import type { Carry } from './tunnel.ts'

/** More than a team's laptops and CI ever hold at once; strangers beyond it are turned away before TLS. */
const MAX_CONNECTIONS = 1000
const HEADERS_TIMEOUT_MS = 10_000
/** Strangers that connect and say nothing hold a place for so long. */
const HANDSHAKE_TIMEOUT_MS = 10_000

/** What is behind a door that other machines reach. */
export interface Served {
  readonly app: HowdahApp
  /** Who calls; nothing of a call is looked at before. UNAUTHENTICATED, TOO_MANY_ATTEMPTS. */
  readonly admit: (request: IncomingMessage) => Promise<Doorway>
  /** Carries the bytes of a client elsewhere. */
  readonly carry: Carry
  /** Ends the connections of tokens that are no longer good. */
  readonly logins: Logins
  /** Connections that were upgraded; the server knows nothing of them any more. */
  readonly tunnels: Set<Duplex>
  readonly event: (event: NewEvent) => void
}

/** Serves the API over HTTPS. CANNOT_LISTEN with the reason. */
export async function serveHttps(
  { address, port }: { readonly address: string; readonly port: number },
  tls: ServerOptions,
  { app, admit, carry, logins, tunnels, event }: Served,
): Promise<Server> {
  const server = createAdaptorServer({
    createServer,
    serverOptions: { minVersion: 'TLSv1.2', handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...tls },
    fetch: (request, env) =>
      answer(async () => {
        const { incoming } = env as HttpBindings
        const doorway = await admit(incoming)
        const { authorization } = incoming.headers
        if (authorization !== undefined) logins.note(incoming.socket, authorization)
        return app.fetch(request, { ...doorway })
      }),
  }) as Server
  server.on('upgrade', (request, socket, head) => {
    for (const tunnel of tunnels) if (tunnel.destroyed) tunnels.delete(tunnel)
    tunnels.add(socket)
    // Carried only when it is good; noted before, so that it ends with its token.
    const { authorization } = request.headers
    if (authorization !== undefined) logins.note(socket, authorization)
    void carry(request, socket, head, () => admit(request))
  })
  server.maxConnections = MAX_CONNECTIONS
  server.headersTimeout = HEADERS_TIMEOUT_MS
  server.listen({ host: address, port })
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const message = `cannot listen on ${address} port ${port}: ${REASONS[code ?? ''] ?? code}`
    throw new AppError('CANNOT_LISTEN', message, { cause })
  }
  // Such as no file descriptor for one more connection: it goes on with the next.
  server.on('error', (error) => {
    const message = `a call to the API over HTTPS could not be taken: ${error.message}`
    event({ severity: 'error', kind: 'api-not-served', message })
  })
  return server
}

async function answer(act: () => Promise<Response>): Promise<Response> {
  try {
    return await act()
  } catch (error) {
    const failure = AppError.from(error)
    const waitMs = Number(failure.details?.['retryAfterMs'] ?? 0)
    return Response.json(failure, {
      status: failure.status,
      headers: waitMs > 0 ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {},
    })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'ports below 1024 are for root',
}
