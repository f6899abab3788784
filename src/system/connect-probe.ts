import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect as connectPlainly, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { errnoOf } from './file-errors.ts'

export interface Destination {
  readonly host: string
  readonly port: number
  /** Verified against the machine's authorities, or those of this PEM file alone; false: no TLS at all. */
  readonly tls: false | { readonly caFile?: string | undefined }
  readonly timeoutMs: number
}

/**
 * How far one gets: `name`, it has no address; `connection`, nobody takes the connection; `tls`, the other end cannot prove who it is;
 * `ready`, it has. With the system's or OpenSSL's own code for the reason, such as ECONNREFUSED or CERT_HAS_EXPIRED.
 */
export type Probed =
  | { readonly reached: 'ready' }
  | { readonly reached: 'name' | 'connection' | 'tls'; readonly code: string }

/** Tries to reach a server of another program, and gives the connection up at once. Never throws. */
export async function probeConnection({
  host,
  port,
  tls,
  timeoutMs,
}: Destination): Promise<Probed> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    await lookup(host)
  } catch (error) {
    return { reached: 'name', code: codeOf(error) }
  }
  const plain = await opened(connectPlainly({ host, port }), 'connect', signal)
  if (plain !== undefined) return { reached: 'connection', code: plain }
  if (tls === false) return { reached: 'ready' }
  try {
    const ca = tls.caFile === undefined ? {} : { ca: await readFile(tls.caFile) }
    const servername = /^[\d.]+$|:/.test(host) ? {} : { servername: host }
    const secure = connectTls({ host, port, ...ca, ...servername })
    const code = await opened(secure, 'secureConnect', signal)
    return code === undefined ? { reached: 'ready' } : { reached: 'tls', code }
  } catch (error) {
    // The file of authorities cannot be read, or is none.
    return { reached: 'tls', code: codeOf(error) }
  }
}

/** The code of the reason why it did not come to this event; undefined when it did. */
async function opened(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await once(socket, event, { signal })
    return undefined
  } catch (error) {
    return signal.aborted ? 'ETIMEDOUT' : codeOf(error)
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

const codeOf = (error: unknown): string =>
  errnoOf(error) ?? (error instanceof Error ? error.message : String(error))
