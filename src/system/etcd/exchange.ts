import { Agent, request } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'

/** Who we are to etcd and whom we believe: PEM text. */
export interface EtcdCredentials {
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
}

export interface Exchange {
  readonly agent: Agent
  readonly credentials: EtcdCredentials
  /** `https://10.0.0.1:2379` */
  readonly endpoint: string
  /** `/v3/kv/range` */
  readonly path: string
  readonly message: object
  /** A connection on which nothing moves for so long is given up. */
  readonly silenceMs: number
  readonly signal: AbortSignal
}

/** An answer that begins, or why there is none. `sent`: the endpoint may have had the request and may still act on it. */
export type Begun =
  | { readonly kind: 'begun'; readonly answer: IncomingMessage }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly reason: string }

/** Sends one request to one endpoint over mutual TLS and waits until the answer begins. */
export function beginExchange(exchange: Exchange): Promise<Begun> {
  const { credentials, message, silenceMs, agent, signal } = exchange
  const body = JSON.stringify(message)
  const outgoing = request(new URL(exchange.path, exchange.endpoint), {
    method: 'POST',
    agent,
    signal,
    timeout: silenceMs,
    ca: credentials.caPem,
    cert: credentials.certPem,
    key: credentials.keyPem,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      // A member that lost its leader ends our streams, instead of keeping them silent.
      'grpc-metadata-hasleader': 'true',
    },
  })
  const wasSent = sentinel(outgoing)
  return new Promise((resolve) => {
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no word for ${silenceMs} ms`)))
    outgoing.on('response', (answer) => resolve({ kind: 'begun', answer }))
    // Also after the answer has begun: whoever reads it is told there.
    outgoing.on('error', (error) =>
      resolve({ kind: 'failed', sent: wasSent(), reason: error.message }),
    )
    outgoing.end(body)
  })
}

/** Whether anything of a request may have left: not before the peer has proven who it is. */
function sentinel(outgoing: ClientRequest): () => boolean {
  let sent = false
  outgoing.once('socket', (socket: TLSSocket) => {
    if (outgoing.reusedSocket) sent = true
    else socket.once('secureConnect', () => (sent = true))
  })
  return () => sent
}

/** The whole of an answer as text. Throws when it breaks off. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
