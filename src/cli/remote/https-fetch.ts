import { request } from 'node:https'
import type { Fetch } from '../../client/client.ts'
import { AppError } from '../../errors/app-error.ts'
import { SocketReply } from '../socket-reply.ts'
import { version } from '../version.ts'
import type { RemoteContext } from './contexts.ts'

/** A fetch over HTTPS to the daemon of a context: its authority alone is trusted, its token sent with every call. */
export function httpsFetch({ url: base, ca, token }: RemoteContext): Fetch {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url)
      const sent = request(
        new URL(`${pathname}${search}`, base),
        {
          method: init.method ?? 'GET',
          headers: {
            ...(init.headers as Record<string, string> | undefined),
            authorization: `Bearer ${token}`,
            'howdah-version': version(),
          },
          ca,
          minVersion: 'TLSv1.2',
          agent: false,
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (reply) => {
          if (reply.statusCode === 404 && !reply.headers['content-type']?.includes('json')) {
            reply.resume()
            reject(unknownCall(base))
          } else resolve(new SocketReply(reply) as unknown as Response)
        },
      )
      sent.on('error', (cause: NodeJS.ErrnoException) => {
        reject(init.signal?.aborted ? cause : unreachable(base, cause))
      })
      sent.end(typeof init.body === 'string' ? init.body : undefined)
    })
}

/** What to do about a daemon elsewhere that does not answer. */
export const NOBODY_THERE =
  'Is it running and does it listen there? `howdah listen` on that machine tells; `howdah context use local` goes back to this one.'

const unknownCall = (base: string): AppError =>
  new AppError(
    'NOT_SUPPORTED',
    `the daemon on ${base} does not know this call: its version differs from ours, ${version()}`,
    { hint: 'Compare with `howdah daemon status`, and bring both to the same version.' },
  )

/** OpenSSL’s words for a certificate that the context’s authority does not vouch for, or that is for another name. */
const untrusted = /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/

function unreachable(base: string, cause: NodeJS.ErrnoException): AppError {
  if (untrusted.test(cause.code ?? '')) {
    return new AppError('DAEMON_UNTRUSTED', `${base} is not who it was: ${cause.message}`, {
      cause,
    })
  }
  return new AppError(
    'DAEMON_UNREACHABLE',
    `the daemon on ${base} cannot be reached: ${cause.message}`,
    {
      cause,
      hint: NOBODY_THERE,
    },
  )
}
