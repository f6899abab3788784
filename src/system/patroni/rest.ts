import { Agent, request } from 'node:https'
import { AppError } from '../../errors/app-error.ts'
import type { EtcdCredentials } from '../etcd/exchange.ts'

export interface PatroniAccess {
  readonly address: string
  readonly port: number
  /** Who we are to it and whom we believe; asked for each request, so that a certificate may be renewed. */
  readonly credentials: () => EtcdCredentials
  readonly user: string
  readonly password: string
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly timeoutMs: number
}

export interface Told {
  /** As HTTP counts: Patroni says 503 for `not so`, 412 for `cannot be done now`. */
  readonly status: number
  /** JSON where it is some, else the text. */
  readonly body: unknown
}

const agent = new Agent({ keepAlive: true, maxFreeSockets: 2, timeout: 30_000 })

/** Asks one Patroni over mutual TLS. Throws PATRONI_UNREACHABLE when it does not answer in time. */
export async function askPatroni(access: PatroniAccess, ask: Ask): Promise<Told> {
  const { address, port, credentials, user, password } = access
  const { caPem, certPem, keyPem } = credentials()
  const host = address.includes(':') ? `[${address}]` : address
  const body = ask.body === undefined ? '' : JSON.stringify(ask.body)
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void =>
      reject(
        new AppError('PATRONI_UNREACHABLE', `Patroni at ${host}:${port} did not answer`, {
          details: { path: ask.path, reason: error.message },
          cause: error,
        }),
      )
    const signal = AbortSignal.timeout(ask.timeoutMs)
    // Whatever the request is waiting for: who asks counts on the time.
    signal.addEventListener('abort', () => refuse(new Error(`no answer in ${ask.timeoutMs} ms`)))
    const outgoing = request(
      {
        host: address,
        port,
        path: ask.path,
        method: ask.method ?? 'GET',
        agent,
        ca: caPem,
        cert: certPem,
        key: keyPem,
        auth: `${user}:${password}`,
        signal,
        // Python’s server knows no chunks: without a length it takes the body for empty.
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', refuse)
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({ status: answer.statusCode ?? 0, body: parsed(text) })
        })
      },
    )
    outgoing.on('error', refuse)
    outgoing.end(body)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text // refusals are sentences
  }
}
