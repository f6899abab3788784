import type { GuardSeen } from '../../core/patroni/guard.ts'
import { EtcdClient } from '../../system/etcd/etcd-client.ts'
import type { EtcdCredentials } from '../../system/etcd/exchange.ts'
import { isFounded, readLeader } from '../../system/patroni/scope-keys.ts'
import type { PatroniDocument } from './places.ts'

/** A healthy etcd answers in milliseconds; one that does not is asked again soon. */
const SILENCE_MS = 1000
const DEADLINE_MS = 2000
/** For how long a word counts: a scope that was not founded a while ago may be by now. */
const FRESH_MS = 3000
/** How long one is waited for: the first, and when there was none the last time. */
const WAIT_MS = { first: 1000, later: 300 }

interface Word {
  readonly isFounded: boolean
  readonly leader: GuardSeen['leader']
  readonly atMs: number
}

/** What etcd says of a member's scope. It is asked beside the looks, which its silence must not hold up. */
export class EtcdWord {
  readonly #client: EtcdClient
  readonly #scope: string
  readonly #name: string
  #word: Word | undefined
  #wasAsked = false
  #asking: Promise<void> | undefined

  constructor({ patroni }: PatroniDocument, credentials: () => EtcdCredentials) {
    const endpoints = patroni.etcd.map((host) => `https://${host}`)
    const patience = { deadlineMs: DEADLINE_MS, silenceMs: SILENCE_MS }
    this.#client = new EtcdClient({ endpoints, credentials, ...patience })
    this.#scope = patroni.scope
    this.#name = patroni.name
  }

  close(): void {
    this.#client.close()
  }

  /** Whether the scope was founded, and who leads it; `undefined` and `unknown` when etcd has not said so lately. */
  async ask(): Promise<{ isFounded: boolean | undefined; leader: GuardSeen['leader'] }> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    await Promise.race([this.#asking, timeOut(this.#wasAsked ? WAIT_MS.later : WAIT_MS.first)])
    this.#wasAsked = true
    const word = this.#word
    const isFresh = word !== undefined && performance.now() - word.atMs < FRESH_MS
    return isFresh ? word : { isFounded: undefined, leader: 'unknown' }
  }

  async #ask(): Promise<void> {
    try {
      const [founded, key] = await Promise.all([
        isFounded(this.#client, this.#scope),
        readLeader(this.#client, this.#scope),
      ])
      const leader = !key ? 'nobody' : key.leader === this.#name ? 'this' : 'another'
      this.#word = { isFounded: founded, leader, atMs: performance.now() }
    } catch {
      // No word is what the caller is told then, and goes by what it knows.
    }
  }
}

const timeOut = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
