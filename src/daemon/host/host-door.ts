import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Doorway, HowdahApp } from '../../api/mount.ts'
import type { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import { untilItWorks } from '../../operations/until-it-works.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import { type Admission, admitRemote, isStillGood } from '../admit-remote.ts'
import { Logins } from '../logins.ts'
import { serveHttps } from '../serve-https.ts'
import type { Carry } from '../tunnel.ts'
import { CALLER_HEADER, readCaller } from './told-caller.ts'

const RENEWAL_LOOK_MS = 12 * 60 * 60 * 1000

export interface HostDoorParts extends Admission {
  readonly file: Pick<HostFile, 'host' | 'ports'>
  readonly authority: KeyAndCertificate
  /** Certificate and key of this host, as they are now. */
  readonly pem: () => Promise<string>
  readonly carry: Carry
}

/**
 * The API over HTTPS on a host’s own address: for callers with a token, as at the other door, and for the daemons of the cluster’s
 * other hosts, which send on what is asked of them and say who asked.
 */
export class HostDoor {
  readonly #parts: HostDoorParts
  readonly #admitToken: ReturnType<typeof admitRemote>
  readonly #logins: Logins
  readonly #tunnels = new Set<Duplex>()
  readonly #ending = new AbortController()
  readonly #renewal: NodeJS.Timeout
  #server: Server | undefined
  #opening: Promise<void> | undefined
  readonly #tried = Promise.withResolvers<void>()

  constructor(parts: HostDoorParts) {
    this.#parts = parts
    this.#admitToken = admitRemote(parts)
    this.#logins = new Logins((authorization) => isStillGood(parts, authorization))
    // Told as an event; whoever waits for it is told too.
    this.#tried.promise.catch(() => {})
    this.#renewal = setInterval(() => void this.#renew(), RENEWAL_LOOK_MS)
    this.#renewal.unref()
  }

  /**
   * Serves `app` from now on. Resolves after the first try: an address that this machine does not have yet, as soon after its start, is
   * tried again until the door is closed.
   */
  open(app: HowdahApp): Promise<void> {
    return new Promise((resolve) => {
      let isTold = false
      const failed = (error: unknown): void => {
        resolve()
        if (isTold) return
        isTold = true
        this.#tried.reject(error)
        const message = `the other hosts do not reach this one: ${AppError.from(error).message}`
        this.#parts.event({ severity: 'error', kind: 'api-not-served', message })
      }
      this.#opening = untilItWorks(() => this.#serve(app), failed, this.#ending.signal)
      void this.#opening.then(() => {
        this.#tried.resolve()
        resolve()
      })
    })
  }

  /** Resolves when the others reach this host, now or as soon as the daemon has come so far. CANNOT_LISTEN when the first try failed. */
  async untilOpen(): Promise<void> {
    if (!this.#server) await this.#tried.promise
  }

  /** Shows a certificate that was made newer; connections go on with the old one. */
  async #renew(): Promise<void> {
    try {
      this.#server?.setSecureContext(await this.#tls())
    } catch (error) {
      const message = `the host’s certificate could not be renewed: ${AppError.from(error).message}`
      this.#parts.event({ severity: 'error', kind: 'certificate-not-renewed', message })
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal)
    this.#ending.abort()
    await this.#opening
    this.#logins.close()
    const server = this.#server
    const closed = server && once(server, 'close')
    server?.close()
    server?.closeAllConnections()
    for (const tunnel of this.#tunnels) tunnel.destroy()
    await closed
  }

  async #serve(app: HowdahApp): Promise<void> {
    const { file, carry, event } = this.#parts
    const where = { address: file.host.address, port: file.ports.api }
    // People have a token and no certificate; who has one of ours is a host.
    const tls = { ...(await this.#tls()), requestCert: true, rejectUnauthorized: false }
    this.#server = await serveHttps(where, tls, {
      app,
      admit: (request) => this.#admit(request),
      carry,
      logins: this.#logins,
      tunnels: this.#tunnels,
      event,
    })
  }

  async #tls() {
    const { authority, pem } = this.#parts
    const own = await pem()
    // The chain ends with the authority’s own, for a client that knows only its fingerprint.
    return { key: own, cert: `${own}\n${authority.certPem}`, ca: authority.certPem }
  }

  async #admit({ headers, socket }: IncomingMessage): Promise<Doorway> {
    const told = headers[CALLER_HEADER]
    if (told === undefined) {
      const from = socket.remoteAddress ?? 'unknown'
      return { caller: await this.#admitToken(headers.authorization, from) }
    }
    const name = shownName(socket as TLSSocket)
    const host = name === undefined ? undefined : await this.#parts.documents.hosts.get(name)
    if (!host) {
      throw new AppError('UNAUTHENTICATED', 'only a host of this cluster says who else calls')
    }
    return { caller: readCaller(String(told)), isForwarded: true }
  }
}

/** The common name of a certificate that our authority gave for use as a client; a server’s own is none. */
function shownName(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined
  // A resumed connection has shown none, and is authorized all the same.
  const { subject } = socket.getPeerCertificate() as { subject?: { CN?: unknown } }
  return typeof subject?.CN === 'string' ? subject.CN : undefined
}
