import { request } from 'node:http'
import type { Fetch } from '../client/client.ts'
import { AppError } from '../errors/app-error.ts'
import { SocketReply } from './socket-reply.ts'

/** Errors of connect(2) that mean that nobody listens on the socket; the last two: a path too long to be one. */
const nobodyThere = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ENOTSOCK',
  'ENOTDIR',
  'EINVAL',
  'ENAMETOOLONG',
])

/**
 * A fetch over a Unix socket: HTTP/1.1, one connection per call, bodies streamed, `signal` honoured.
 * Nobody listening is DAEMON_UNREACHABLE with `details.absent`: the call has carried nothing. A connection that breaks
 * later is DAEMON_UNREACHABLE without it: the call may have been carried out.
 */
export function socketFetch(socketPath: string): Fetch {
  return (url, init) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url)
      const sent = request(
        {
          socketPath,
          path: `${pathname}${search}`,
          method: init.method ?? 'GET',
          // The typed client passes plain objects; loading the Headers class would cost as much as all of Node's start.
          headers: init.headers as Record<string, string> | undefined,
          agent: false,
          ...(init.signal ? { signal: init.signal } : {}),
        },
        (reply) => resolve(new SocketReply(reply) as unknown as Response),
      )
      sent.on('error', (cause: NodeJS.ErrnoException) => {
        reject(init.signal?.aborted ? cause : unreachable(socketPath, cause))
      })
      sent.end(typeof init.body === 'string' ? init.body : undefined)
    })
}

function unreachable(socketPath: string, cause: NodeJS.ErrnoException): AppError {
  const absent = nobodyThere.has(cause.code ?? '')
  const message = absent
    ? `no daemon listens on ${socketPath}`
    : `the daemon on ${socketPath} cannot be reached: ${cause.message}`
  return new AppError('DAEMON_UNREACHABLE', message, { cause, details: { absent } })
}
