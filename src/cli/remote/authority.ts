import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { connect, type DetailedPeerCertificate } from 'node:tls'
import { AppError } from '../../errors/app-error.ts'
import { NOBODY_THERE } from './https-fetch.ts'

const DEADLINE_MS = 10_000

/**
 * The authority at the end of the chain that a daemon shows, PEM. Nothing vouches for it yet: who asks compares its
 * fingerprint with one that came another way. DAEMON_UNREACHABLE when nobody answers with TLS there.
 */
export function shownAuthority(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const fail = (why: string, cause?: unknown): void => {
      socket.destroy()
      reject(
        new AppError('DAEMON_UNREACHABLE', `no daemon answers on ${url.host}: ${why}`, {
          cause,
          hint: NOBODY_THERE,
        }),
      )
    }
    const socket = connect({
      host,
      port: Number(url.port),
      // A name to ask for; addresses are not sent (RFC 6066).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      timeout: DEADLINE_MS,
    })
    socket.on('timeout', () => fail(`nothing within ${DEADLINE_MS / 1000} s`))
    socket.on('error', (cause) => fail(cause.message, cause))
    socket.on('secureConnect', () => {
      const top = topOf(socket.getPeerCertificate(true))
      socket.destroy()
      resolve(new X509Certificate(top.raw).toString())
    })
  })
}

function topOf(certificate: DetailedPeerCertificate): DetailedPeerCertificate {
  const { issuerCertificate } = certificate
  const isTop =
    issuerCertificate === undefined ||
    issuerCertificate.fingerprint256 === certificate.fingerprint256
  return isTop ? certificate : topOf(issuerCertificate)
}

/** SHA-256 of an authority's certificate, in lower-case hexadecimal. USAGE for a text that is none. */
export function fingerprintOf(pem: string): string {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()
  } catch (cause) {
    throw new AppError('USAGE', 'the file is no certificate in PEM form', { cause })
  }
}
