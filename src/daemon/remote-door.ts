import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:https'
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
import { serveHttps } from './serve-https.ts'
import type { Carry } from './tunnel.ts'

const RENEWAL_LOOK_MS = 12 * 60 * 60 * 1000

export interface DoorParts extends Admission {
  readonly home: string
  readonly authority: KeyAndCertificate
  /** Carries the bytes of a client elsewhere. */
  readonly carry: Carry
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
    return serveHttps(wanted, await this.#certificate(wanted), {
      app,
      admit: async ({ headers, socket }) => ({
        caller: await this.#admit(headers.authorization, socket.remoteAddress ?? 'unknown'),
      }),
      carry: this.#parts.carry,
      logins: this.#logins,
      tunnels: this.#tunnels,
      event: this.#parts.event,
    })
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

/** SHA-256 of a certificate, in lower-case hexadecimal. */
const fingerprintOf = (certPem: string): string =>
  new X509Certificate(certPem).fingerprint256.replaceAll(':', '').toLowerCase()
