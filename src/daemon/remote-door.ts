import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import type { HowdahApp } from '../api/mount.ts'
import { type Listening, ListeningWanted } from '../contract/listening.ts'
import { AppError } from '../errors/app-error.ts'
import type { KeyAndCertificate } from '../system/certificate-authority.ts'
import { readText, writeAtomic } from '../system/files.ts'
import { type Admission, admitRemote, isStillGood } from './admit-remote.ts'
import { apiCertificate } from './api-certificate.ts'
import { homeLayout } from './home.ts'
import { Logins } from './logins.ts'
import { tunnels } from './tunnel.ts'

/** More than a team's laptops and CI ever hold at once; strangers beyond it are turned away before TLS. */
const MAX_CONNECTIONS = 1000
const HEADERS_TIMEOUT_MS = 10_000
/** Strangers that connect and say nothing hold a place for so long. */
const HANDSHAKE_TIMEOUT_MS = 10_000
const RENEWAL_LOOK_MS = 12 * 60 * 60 * 1000

export interface DoorParts extends Admission {
  readonly home: string
  readonly authority: KeyAndCertificate
}

/** The API over HTTPS for callers with a token, beside the socket. Where is kept in the home, and holds after a start. */
export class RemoteDoor {
  readonly #parts: DoorParts
  readonly #logins: Logins
  readonly #admit: ReturnType<typeof admitRemote>
  readonly #renewal: NodeJS.Timeout
  #app: HowdahApp | undefined
  #wanted: ListeningWanted | undefined
  #problem: string | undefined
  #server: Server | undefined
  /** Connections that carry the bytes of a client elsewhere; the server knows nothing of them any more. */
  readonly #tunnels = new Set<Duplex>()

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#admit = admitRemote(parts)
    this.#logins = new Logins((authorization) => isStillGood(parts, authorization))
    this.#renewal = setInterval(() => void this.#renew(), RENEWAL_LOOK_MS)
    this.#renewal.unref()
  }

  /** Serves `app` where it was served last. An address that cannot be had is told, and the daemon goes on without. */
  async open(app: HowdahApp): Promise<void> {
    this.#app = app
    const text = await readText(homeLayout(this.#parts.home).listening)
    if (text === undefined) return
    this.#wanted = ListeningWanted.parse(JSON.parse(text))
    try {
      this.#server = await this.#serve(this.#wanted)
    } catch (error) {
      this.#problem = AppError.from(error).message
      const message = `the API is served on the socket alone: ${this.#problem}`
      this.#parts.event({ severity: 'error', kind: 'api-not-served', message })
    }
  }

  listening(): Listening | undefined {
    if (!this.#wanted) return undefined
    return {
      ...this.#wanted,
      fingerprint: fingerprintOf(this.#parts.authority.certPem),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  /** CANNOT_LISTEN leaves what is served now as it is, unless that has the same address and port. */
  async listen(wanted: ListeningWanted): Promise<Listening> {
    const before = this.#wanted
    const isSamePlace = before?.address === wanted.address && before.port === wanted.port
    if (isSamePlace) this.#close()
    const server = await this.#serve(wanted).catch((error: unknown) => {
      if (isSamePlace) this.#problem = AppError.from(error).message
      throw error
    })
    this.#close()
    this.#server = server
    this.#wanted = wanted
    this.#problem = undefined
    const file = homeLayout(this.#parts.home).listening
    await writeAtomic(file, `${JSON.stringify(wanted)}\n`, { mode: 0o600 })
    return this.listening()!
  }

  async stop(): Promise<boolean> {
    const was = this.#wanted !== undefined
    await rm(homeLayout(this.#parts.home).listening, { force: true })
    this.#wanted = undefined
    this.#problem = undefined
    this.#close()
    this.#endTunnels()
    return was
  }

  /** Ends serving with the daemon; the next one serves again. */
  async close(): Promise<void> {
    clearInterval(this.#renewal)
    this.#logins.close()
    const server = this.#server
    this.#close()
    // Streams to clients that only watch would keep it open for ever, and so would a client in a tunnel.
    server?.closeAllConnections()
    this.#endTunnels()
    if (server?.listening) await once(server, 'close')
  }

  /** The call that asked for this is answered first: idle connections go now, others when they are done. */
  #close(): void {
    this.#server?.close()
    this.#server?.closeIdleConnections()
    this.#server = undefined
  }

  #endTunnels(): void {
    for (const tunnel of this.#tunnels) tunnel.destroy()
  }

  async #serve(wanted: ListeningWanted): Promise<Server> {
    const app = this.#app
    if (!app) throw new Error('nothing to serve yet')
    const server = createAdaptorServer({
      createServer,
      serverOptions: {
        ...(await this.#certificate(wanted)),
        minVersion: 'TLSv1.2',
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      fetch: (request, env) => this.#answer(app, request, env as HttpBindings),
    }) as Server
    const carry = tunnels({ documents: this.#parts.documents, admit: this.#admit })
    server.on('upgrade', (request, socket, head) => {
      for (const tunnel of this.#tunnels) if (tunnel.destroyed) this.#tunnels.delete(tunnel)
      this.#tunnels.add(socket)
      // Carried only when it is good; noted before, so that it ends with its token.
      this.#logins.note(socket, request.headers.authorization ?? '')
      void carry(request, socket, head)
    })
    server.maxConnections = MAX_CONNECTIONS
    server.headersTimeout = HEADERS_TIMEOUT_MS
    server.listen({ host: wanted.address, port: wanted.port })
    try {
      await once(server, 'listening')
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      const message = `cannot listen on ${wanted.address} port ${wanted.port}: ${REASONS[code ?? ''] ?? code}`
      throw new AppError('CANNOT_LISTEN', message, { cause })
    }
    // Such as no file descriptor for one more connection: it goes on with the next.
    server.on('error', (error) => {
      const message = `a call to the API over HTTPS could not be taken: ${error.message}`
      this.#parts.event({ severity: 'error', kind: 'api-not-served', message })
    })
    return server
  }

  async #answer(app: HowdahApp, request: Request, env: HttpBindings): Promise<Response> {
    const from = env.incoming.socket.remoteAddress ?? 'unknown'
    try {
      const authorization = request.headers.get('authorization') ?? undefined
      const caller = await this.#admit(authorization, from)
      if (authorization !== undefined) this.#logins.note(env.incoming.socket, authorization)
      return await app.fetch(request, { caller })
    } catch (error) {
      const failure = AppError.from(error)
      const waitMs = Number(failure.details?.['retryAfterMs'] ?? 0)
      return Response.json(failure, {
        status: failure.status,
        headers: waitMs > 0 ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {},
      })
    }
  }

  #certificate(wanted: ListeningWanted) {
    const { home, authority } = this.#parts
    return apiCertificate(homeLayout(home).apiCertificate, authority, wanted)
  }

  async #renew(): Promise<void> {
    if (!this.#wanted || !this.#server) return
    try {
      this.#server.setSecureContext(await this.#certificate(this.#wanted))
    } catch (error) {
      const message = `the API’s certificate could not be renewed: ${AppError.from(error).message}`
      this.#parts.event({ severity: 'error', kind: 'certificate-not-renewed', message })
    }
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'ports below 1024 are for root',
}

/** SHA-256 of a certificate, in lower-case hexadecimal. */
const fingerprintOf = (certPem: string): string =>
  new X509Certificate(certPem).fingerprint256.replaceAll(':', '').toLowerCase()
