import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { AppError } from '../errors/app-error.ts'

/**
 * What the typed client reads of a Response, over an HTTP reply. The real class is not used since its first use loads all
 * of fetch, 25 ms of a `ps` that takes 90.
 */
export class SocketReply implements Pick<Response, 'ok' | 'status' | 'body' | 'text' | 'json'> {
  readonly #reply: IncomingMessage

  constructor(reply: IncomingMessage) {
    this.#reply = reply
  }

  get status(): number {
    return this.#reply.statusCode ?? 500
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300
  }

  /** For streams; read it, or `text`, once. */
  get body(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return Readable.toWeb(this.#reply) as ReadableStream<Uint8Array<ArrayBuffer>>
  }

  /** Throws DAEMON_UNREACHABLE when the daemon ends before its answer does. */
  async text(): Promise<string> {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of this.#reply) chunks.push(chunk as Buffer)
    } catch (cause) {
      throw new AppError('DAEMON_UNREACHABLE', 'the daemon ended in the middle of its answer', {
        cause,
      })
    }
    return Buffer.concat(chunks).toString('utf8')
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }
}
