import { setTimeout as delay } from 'node:timers/promises'
import type { Doorway } from '../api/mount.ts'
import { listen } from './listen.ts'
import type { Carry } from './tunnel.ts'

/** Nearly all calls are answered in milliseconds; some wait for what will not come any more. */
const GRACE_MS = 2000

/** What answers callers. */
export interface Answering {
  readonly app: { fetch(request: Request, doorway: Doorway): Response | Promise<Response> }
  /** Without it nothing is carried. */
  readonly carry?: Carry
}

/**
 * The door of a home's socket. It stays open while the state is opened anew: who calls meanwhile waits, and nobody takes the daemon for
 * gone.
 */
export class SocketDoor {
  readonly #home: string
  readonly #underWay = new Set<Promise<Response>>()
  #answering = Promise.withResolvers<Answering>()
  #listening: ReturnType<typeof listen> | undefined

  constructor(home: string) {
    this.#home = home
  }

  /** Answers with this from now on, also who has waited. Gives the socket's path. */
  async open(answering: Answering): Promise<string> {
    this.#answering.resolve(answering)
    this.#answering = Promise.withResolvers()
    this.#answering.resolve(answering)
    this.#listening ??= listen(
      this.#home,
      { fetch: (...given) => this.#fetch(...given) },
      this.#carry,
    )
    return (await this.#listening).socket
  }

  /**
   * Lets callers wait for what answers next. Calls that are under way are answered first, if that does not take long; those who follow
   * something ask anew.
   */
  async hold(): Promise<void> {
    this.#answering = Promise.withResolvers()
    const listening = await this.#listening
    listening?.cutStreams()
    const over = new AbortController()
    const tooLong = delay(GRACE_MS, undefined, { signal: over.signal }).catch(() => {}) // all were answered
    await Promise.race([Promise.allSettled(this.#underWay), tooLong])
    over.abort()
    listening?.cutStreams()
  }

  async close(): Promise<void> {
    const listening = this.#listening
    this.#listening = undefined
    await (await listening)?.close()
  }

  async #fetch(request: Request, doorway: Doorway): Promise<Response> {
    const { app } = await this.#answering.promise
    const reply = Promise.resolve(app.fetch(request, doorway))
    this.#underWay.add(reply)
    return reply.finally(() => this.#underWay.delete(reply))
  }

  readonly #carry: Carry = async (request, client, head, admit) => {
    // One that goes away while it waits is no news.
    client.on('error', () => client.destroy())
    const { carry } = await this.#answering.promise
    if (carry) await carry(request, client, head, admit)
    else client.destroy()
  }
}
