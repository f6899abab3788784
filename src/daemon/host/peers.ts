import type { ClientRequest, IncomingMessage } from 'node:http'
import { request, type RequestOptions } from 'node:https'
import { Readable } from 'node:stream'
import type { Duplex } from 'node:stream'
import type { PeerCall, Peers } from '../../api/forward/peers.ts'
import type { HostDocument } from '../../contract/documents/host.ts'
import { TUNNEL_PROTOCOL } from '../../contract/tunnel.ts'
import { AppError, type ErrorBody } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import { CALLER_HEADER, writeCaller } from './told-caller.ts'

/** Hosts are near one another. */
const CONNECT_MS = 5000
/** How soon a host that went away in the middle is noticed, beyond its lease. */
const LOOK_MS = 5000

/** What this host shows to the others, and how it knows them. */
export interface PeerAccess {
  readonly caPem: string
  /** Certificate and key of this host. */
  readonly pem: string
}

export interface HostPeers extends Peers {
  /** The far end of a tunnel through another host’s door. HOST_DOWN, or what that door refuses with. */
  tunnel(host: HostDocument, call: PeerCall): Promise<Duplex>
}

/** Calls other hosts as this one: over mutual TLS, each by its name. A host without a status is down and not asked at all. */
export function hostPeers(
  documents: Documents,
  port: number,
  access: () => Promise<PeerAccess>,
): HostPeers {
  async function open(
    host: HostDocument,
    call: PeerCall,
    headers: Record<string, string>,
  ): Promise<ClientRequest> {
    const isUp = async (): Promise<boolean> =>
      (await documents.hostStatus.get(host.name)) !== undefined
    if (!(await isUp())) throw down(host, 'its daemon was not heard of lately')
    const { caPem, pem } = await access()
    const { method, path, signal, caller } = call
    const options: RequestOptions = {
      host: host.address,
      port,
      servername: host.name,
      ca: caPem,
      cert: pem,
      key: pem,
      minVersion: 'TLSv1.3',
      agent: false,
      method,
      path,
      headers: { [CALLER_HEADER]: writeCaller(caller), ...headers },
      ...(signal ? { signal } : {}),
    }
    const sent = request(options)
    watchOver(sent, host, isUp)
    return sent
  }

  return {
    async call(host, call) {
      const headers = call.body === undefined ? {} : { 'content-type': 'application/json' }
      const sent = await open(host, call, headers)
      sent.end(call.body)
      const reply = await replyTo(sent, host)
      return new Response(bodyOf(reply, host), {
        status: reply.statusCode ?? 502,
        headers: { 'content-type': reply.headers['content-type'] ?? 'application/json' },
      })
    },
    async tunnel(host, call) {
      const sent = await open(host, call, { connection: 'Upgrade', upgrade: TUNNEL_PROTOCOL })
      const refused = replyTo(sent, host).then((reply) => refusal(reply, host))
      const answer = Promise.race([upgraded(sent), refused])
      sent.end()
      const far = await answer
      if (far instanceof AppError) throw far
      return far
    },
  }
}

/** Ends a call that cannot connect in time, and one whose host goes while it lasts: a network that swallows everything says nothing. */
function watchOver(sent: ClientRequest, host: HostDocument, isUp: () => Promise<boolean>): void {
  const connecting = setTimeout(
    () => sent.destroy(down(host, `no connection within ${CONNECT_MS / 1000} s`)),
    CONNECT_MS,
  )
  const looking = setInterval(() => {
    isUp().then(
      (is) => is || sent.destroy(down(host, 'it went away in the middle', true)),
      () => {}, // a store that does not answer says nothing of the host
    )
  }, LOOK_MS)
  sent.once('socket', (socket) => {
    socket.once('secureConnect', () => clearTimeout(connecting))
    socket.once('close', () => {
      clearTimeout(connecting)
      clearInterval(looking)
    })
  })
  sent.once('close', () => {
    clearTimeout(connecting)
    if (!sent.socket || sent.socket.destroyed) clearInterval(looking)
  })
}

function replyTo(sent: ClientRequest, host: HostDocument): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let isConnected = false
    sent.once('socket', (socket) => socket.once('secureConnect', () => (isConnected = true)))
    sent.once('response', resolve)
    sent.on('error', (cause) => reject(asDown(host, cause, isConnected)))
  })
}

const upgraded = (sent: ClientRequest): Promise<Duplex> =>
  new Promise((resolve) => {
    sent.once('upgrade', (_reply, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
  })

/** The body as it comes; a connection that breaks is HOST_DOWN to who reads it. */
function bodyOf(reply: IncomingMessage, host: HostDocument): ReadableStream<Uint8Array> {
  async function* carried(): AsyncIterable<Uint8Array> {
    try {
      yield* reply as AsyncIterable<Uint8Array>
    } catch (cause) {
      throw asDown(host, cause as Error, true)
    }
  }
  return Readable.toWeb(
    Readable.from(carried(), { objectMode: true }),
  ) as ReadableStream<Uint8Array>
}

async function refusal(reply: IncomingMessage, host: HostDocument): Promise<AppError> {
  const chunks: Uint8Array[] = []
  for await (const chunk of reply as AsyncIterable<Uint8Array>) chunks.push(chunk)
  try {
    return AppError.fromBody(JSON.parse(Buffer.concat(chunks).toString()) as ErrorBody)
  } catch (cause) {
    return new AppError('INTERNAL', `the host “${host.name}” answered ${reply.statusCode}`, {
      cause,
    })
  }
}

function asDown(host: HostDocument, cause: Error, wasCarried: boolean): AppError {
  return cause instanceof AppError ? cause : down(host, cause.message, wasCarried, cause)
}

function down(host: HostDocument, why: string, wasCarried = false, cause?: unknown): AppError {
  const so = wasCarried ? '; whether it did what it was asked is not known' : ''
  return new AppError('HOST_DOWN', `the host “${host.name}” does not answer: ${why}${so}`, {
    cause,
    details: { host: host.name, carried: wasCarried },
  })
}
