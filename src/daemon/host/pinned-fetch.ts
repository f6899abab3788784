import { X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { once } from 'node:events'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import type { Fetch } from '../../client/client.ts'
import { AppError } from '../../errors/app-error.ts'

/** A host that is up answers at once, and others can be asked. */
const CONNECT_MS = 10_000

export interface Pinned {
  readonly address: string
  readonly port: number
  /** SHA-256 of the only authority that is trusted, in lower-case hexadecimal. */
  readonly fingerprint: string
  readonly token: string
}

/**
 * A fetch from a daemon that is known by the fingerprint of its authority alone. DAEMON_UNREACHABLE when nobody answers there,
 * DAEMON_UNTRUSTED when it is somebody else; the token is sent to neither.
 */
export async function pinnedFetch(to: Pinned, signal: AbortSignal): Promise<Fetch> {
  const ca = await shownAuthority(to, signal)
  return async (url, init) => {
    const { pathname, search } = new URL(url)
    const sent = request({
      host: to.address,
      port: to.port,
      path: `${pathname}${search}`,
      method: init.method ?? 'GET',
      headers: {
        ...(init.headers as Record<string, string> | undefined),
        authorization: `Bearer ${to.token}`,
      },
      ca,
      minVersion: 'TLSv1.2',
      agent: false,
      signal,
    })
    try {
      sent.end(typeof init.body === 'string' ? init.body : undefined)
      const [reply] = (await once(sent, 'response', { signal })) as [AsyncIterable<Buffer> & Reply]
      const parts: Buffer[] = []
      for await (const part of reply) parts.push(part)
      return new Response(Buffer.concat(parts), { status: reply.statusCode ?? 502 })
    } catch (cause) {
      if (signal.aborted) throw cause
      throw unreachable(to, cause)
    }
  }
}

interface Reply {
  readonly statusCode?: number
}

/** The authority at the end of the chain that is shown there, PEM, when it is the one with the fingerprint. */
async function shownAuthority(to: Pinned, signal: AbortSignal): Promise<string> {
  const { address, port, fingerprint } = to
  const within = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])
  const socket = connect({ host: address, port, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect', { signal: within })
    const shown = new X509Certificate(topOf(socket.getPeerCertificate(true)).raw)
    if (shown.fingerprint256.replaceAll(':', '').toLowerCase() === fingerprint) {
      return shown.toString()
    }
  } catch (cause) {
    if (signal.aborted) throw cause
    throw unreachable(to, within.aborted ? `nothing within ${CONNECT_MS / 1000} s` : cause)
  } finally {
    socket.destroy()
  }
  throw new AppError(
    'DAEMON_UNTRUSTED',
    `${whereIs(to)} is answered by a daemon of another authority than the token is of`,
    { hint: 'Make a new token with `howdah host token`; is the address that of the cluster?' },
  )
}

function topOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  const { issuerCertificate } = certificate
  const isTop =
    issuerCertificate === undefined ||
    issuerCertificate.fingerprint256 === certificate.fingerprint256
  return isTop ? certificate : topOf(issuerCertificate)
}

const whereIs = ({ address, port }: Pinned): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

function unreachable(to: Pinned, cause: unknown): AppError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new AppError('DAEMON_UNREACHABLE', `no host answers on ${whereIs(to)}: ${why}`, {
    cause,
    hint: 'Is that host up, and is its port open to this machine? `howdah host ls` there tells.',
  })
}
