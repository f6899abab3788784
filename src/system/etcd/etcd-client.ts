import { Agent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../errors/app-error.ts'
import { EndpointOrder } from './endpoint-order.ts'
import { closedError, fullError, unavailableError, unknownError } from './failures.ts'
import { beginExchange, type EtcdCredentials, textOf } from './exchange.ts'
import { jsonLines } from './json-lines.ts'
import { type Header, numberOf } from './messages.ts'
import {
  isLasting,
  isObject,
  parseAnswer,
  readAnswer,
  type Refusal,
  refusalError,
  Status,
} from './refusal.ts'

export interface EtcdAccess {
  /** `https://10.0.0.1:2379`, this host's own first. */
  readonly endpoints: readonly string[]
  /** Asked for each request, so that a certificate may be renewed. */
  readonly credentials: () => EtcdCredentials
  /** How long a request is tried; then once more at each endpoint. */
  readonly deadlineMs?: number
  /** How long one endpoint may be silent before the next one is asked; its streams three times as long. */
  readonly silenceMs?: number
}

/**
 * What a request does. `nothing`: it reads, or changes what nobody would miss. `same`: twice is the same as once. `once`: it must not
 * be done twice, so an answer that was lost is not asked for again.
 */
export type Effect = 'nothing' | 'same' | 'once'

export interface Answered<T> {
  readonly message: T
  /** An earlier copy of the request may have been received, and may have been done or be done yet. */
  readonly repeated: boolean
}

interface CallOptions {
  readonly effect: Effect
  /** Ask this one alone. */
  readonly endpoint?: string
  readonly deadlineMs?: number
}

/** Twice etcd's usual election (1 s), after which it knows its leader, or that there is none. */
const SILENCE_MS = 3000
const DEADLINE_MS = 15_000
const PAUSES_MS = [50, 100, 200, 500]

/** Speaks etcd's JSON gateway with the endpoints of one cluster. Errors are STORE_…; a refusal has its gRPC status in the details. */
export class EtcdClient {
  readonly #access: EtcdAccess
  readonly #order: EndpointOrder
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 4 })
  readonly #closed = new AbortController()
  readonly #silenceMs: number
  #clusterId: string | undefined
  #revision = 0

  constructor(access: EtcdAccess) {
    this.#access = access
    this.#order = new EndpointOrder(access.endpoints)
    this.#silenceMs = access.silenceMs ?? SILENCE_MS
  }

  /** The newest revision that any answer told of: what was written by then is not later than it. */
  get revision(): number {
    return this.#revision
  }

  /** After the cluster was put back to an older state. */
  forgetRevision(revision: number): void {
    this.#revision = revision
  }

  /** Ends all requests and streams. */
  close(): void {
    this.#closed.abort()
    this.#agent.destroy()
  }

  async call<T>(path: string, message: object, options: CallOptions): Promise<T> {
    return (await this.ask<T>(path, message, options)).message
  }

  /**
   * Asks one endpoint after the other until one answers. Throws STORE_UNAVAILABLE when none does and nothing was done,
   * STORE_OUTCOME_UNKNOWN when nobody can say whether it was, STORE_FULL, and STORE_REFUSED for what etcd does not accept.
   */
  async ask<T>(path: string, message: object, options: CallOptions): Promise<Answered<T>> {
    const deadline =
      performance.now() + (options.deadlineMs ?? this.#access.deadlineMs ?? DEADLINE_MS)
    const reasons = new Map<string, string>()
    const changes = options.effect !== 'nothing'
    let sent = false
    for (let round = 0; ; round++) {
      // Looked at before the round: a process that was frozen asks everybody once more when it goes on.
      const isLast = performance.now() >= deadline
      const endpoints = options.endpoint ? [options.endpoint] : this.#order.at(performance.now())
      for (const endpoint of endpoints) {
        const outcome = await this.#askOne(endpoint, path, message)
        if (outcome.kind === 'answered') return { message: outcome.message as T, repeated: sent }
        if (outcome.kind === 'refused') {
          // This copy was not done; of an earlier one nobody knows.
          if (isLasting(outcome.refusal)) throw refusalError(outcome.refusal, path, sent)
          if (!sent && (await this.#isFull(endpoint, outcome.refusal))) throw fullError()
        }
        reasons.set(endpoint, outcome.kind === 'refused' ? outcome.refusal.message : outcome.reason)
        sent ||= outcome.kind === 'refused' || outcome.sent
        if (this.#closed.signal.aborted && !(sent && changes)) throw closedError(path)
        if (sent && (options.effect === 'once' || this.#closed.signal.aborted)) {
          throw unknownError(path, reasons)
        }
      }
      if (isLast) {
        throw sent && changes ? unknownError(path, reasons) : unavailableError(path, reasons)
      }
      await pause(PAUSES_MS[Math.min(round, PAUSES_MS.length - 1)])
    }
  }

  /**
   * The messages of one stream of one endpoint, the likeliest to work, until `signal` aborts. Throws when the stream ends or breaks, or
   * when it is silent for too long.
   */
  async *stream<T>(path: string, message: object, signal: AbortSignal): AsyncGenerator<T> {
    const endpoint = this.#order.at(performance.now())[0] ?? ''
    const stop = AbortSignal.any([signal, this.#closed.signal])
    const ended = (reason: string): AppError => {
      if (!stop.aborted) this.#order.failed(endpoint, performance.now())
      return unavailableError(path, new Map([[endpoint, reason]]))
    }
    const begun = await this.#begin(endpoint, path, message, stop, 3 * this.#silenceMs)
    if (begun.kind === 'failed') throw ended(begun.reason)
    try {
      for await (const line of jsonLines(begun.answer)) {
        const read = readAnswer(begun.answer.statusCode ?? 0, line)
        if (!read) throw ended('an answer that is not etcd’s')
        if ('refusal' in read) {
          if (isLasting(read.refusal)) throw refusalError(read.refusal, path, false)
          throw ended(read.refusal.message)
        }
        if (!this.#isOurs(read.message)) throw ended(OTHER_CLUSTER)
        yield read.message as T
      }
    } catch (error) {
      throw error instanceof AppError ? error : ended(AppError.from(error).message)
    } finally {
      begun.answer.destroy()
    }
    throw ended('the stream ended')
  }

  #begin(endpoint: string, path: string, message: object, signal: AbortSignal, silenceMs: number) {
    const credentials = this.#access.credentials()
    const agent = this.#agent
    return beginExchange({ agent, credentials, endpoint, path, message, silenceMs, signal })
  }

  async #askOne(endpoint: string, path: string, message: object): Promise<Outcome> {
    const outcome = await this.#exchange(endpoint, path, message)
    const works =
      outcome.kind === 'answered' || (outcome.kind === 'refused' && isLasting(outcome.refusal))
    if (works) this.#order.works(endpoint)
    else this.#order.failed(endpoint, performance.now())
    return outcome
  }

  async #exchange(endpoint: string, path: string, message: object): Promise<Outcome> {
    const begun = await this.#begin(endpoint, path, message, this.#closed.signal, this.#silenceMs)
    if (begun.kind === 'failed') return begun
    const broken = (reason: string): Outcome => ({ kind: 'failed', sent: true, reason })
    try {
      const read = readAnswer(begun.answer.statusCode ?? 0, parseAnswer(await textOf(begun.answer)))
      if (!read) return broken('an answer that is not etcd’s')
      if ('refusal' in read) return { kind: 'refused', refusal: read.refusal }
      if (!this.#isOurs(read.message)) return broken(OTHER_CLUSTER)
      return { kind: 'answered', message: read.message }
    } catch (error) {
      return broken(AppError.from(error).message)
    }
  }

  /** Notes what the header of an answer says. False when it is another cluster's: a member that was set up anew, by itself. */
  #isOurs(message: object): boolean {
    const { header } = message as { readonly header?: Header }
    this.#clusterId ??= header?.cluster_id
    if (header?.cluster_id !== undefined && header.cluster_id !== this.#clusterId) return false
    this.#revision = Math.max(this.#revision, numberOf(header?.revision))
    return true
  }

  /** The status says only that something is used up: the database's room, or the number of requests at once, which passes. */
  async #isFull(endpoint: string, { status }: Refusal): Promise<boolean> {
    if (status !== Status.resourceExhausted) return false
    const outcome = await this.#exchange(endpoint, '/v3/maintenance/alarm', { action: 'GET' })
    return outcome.kind === 'answered' && alarmsOf(outcome.message).includes('NOSPACE')
  }
}

type Outcome =
  | { readonly kind: 'answered'; readonly message: object }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly sent: boolean; readonly reason: string }

const OTHER_CLUSTER = 'it answers for another cluster'

/** The alarms in an answer of /v3/maintenance/alarm: `NOSPACE`, `CORRUPT`. */
export function alarmsOf(message: object): string[] {
  const { alarms } = message as { readonly alarms?: unknown }
  if (!Array.isArray(alarms)) return []
  return alarms.flatMap((one: unknown) =>
    isObject(one) && typeof one['alarm'] === 'string' ? [one['alarm']] : [],
  )
}
