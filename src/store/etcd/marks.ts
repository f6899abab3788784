import type { EtcdClient } from '../../system/etcd/etcd-client.ts'
import { type LeaseAnswer, numberOf } from '../../system/etcd/messages.ts'
import type { Mark } from './transaction.ts'

/**
 * How long the marks outlive the last word of this process. A process that stands still for longer may come to know nothing of a write
 * that was under way. One that ended leaves a key per write that it ever had under way at once.
 */
const TTL_S = 600
const RENEW_MS = 60_000

interface Session {
  readonly lease: string
  readonly free: Mark[]
  count: number
}

/** The marks of this process: as many as it ever had writes under way at once. */
export class Marks {
  readonly #client: EtcdClient
  readonly #prefix: string
  readonly #renewal: NodeJS.Timeout
  #session: Promise<Session> | undefined

  constructor(client: EtcdClient, prefix: string) {
    this.#client = client
    this.#prefix = prefix
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS)
    this.#renewal.unref()
  }

  /** A mark for one write. What was taken is given back, or left when its revision is not known. */
  async take(): Promise<Mark> {
    const session = await this.#open()
    const free = session.free.pop()
    if (free) return free
    const { lease } = session
    return { key: `${this.#prefix}${lease}/${session.count++}`, revision: 0, lease }
  }

  async giveBack(mark: Mark, revision: number): Promise<void> {
    // A new lease that cannot be had is no concern of a write that is over.
    const session = await this.#session?.catch(() => undefined)
    if (session?.lease === mark.lease) session.free.push({ ...mark, revision })
  }

  /** Whether the lease of a mark is over: no copy of its write can be done any more. New marks get a new lease then. */
  async isOver(mark: Mark): Promise<boolean> {
    const message = { ID: mark.lease }
    const left = await this.#client.call<LeaseAnswer>('/v3/lease/timetolive', message, {
      effect: 'nothing',
    })
    if (numberOf(left.TTL) > 0) return false
    // A lease that could not be had is not the one that has run out.
    const session = await this.#session?.catch(() => undefined)
    if (session?.lease === mark.lease) this.#session = undefined
    return true
  }

  /** Removes them, if etcd answers soon; else they go by themselves. */
  async close(): Promise<void> {
    clearInterval(this.#renewal)
    // Without a lease there are no marks to remove.
    const session = await this.#session?.catch(() => undefined)
    if (!session) return
    const options = { effect: 'same', deadlineMs: 0 } as const
    await this.#client
      .call('/v3/lease/revoke', { ID: session.lease }, options)
      .catch(() => undefined)
  }

  #open(): Promise<Session> {
    this.#session ??= this.#begin()
    return this.#session
  }

  async #begin(): Promise<Session> {
    try {
      // A grant whose answer was lost leaves a lease that nobody uses, and it ends.
      const message = { TTL: String(TTL_S) }
      const granted = await this.#client.call<LeaseAnswer>('/v3/lease/grant', message, {
        effect: 'nothing',
      })
      return { lease: granted.ID ?? '', free: [], count: 0 }
    } catch (error) {
      this.#session = undefined
      throw error
    }
  }

  async #renew(): Promise<void> {
    try {
      const session = await this.#session
      if (!session) return
      const message = { ID: session.lease }
      const left = await this.#client.call<LeaseAnswer>('/v3/lease/keepalive', message, {
        effect: 'nothing',
      })
      if (numberOf(left.TTL) <= 0) this.#session = undefined
    } catch {
      // No etcd just now: the next round tries again, and whoever writes meanwhile is told.
    }
  }
}
