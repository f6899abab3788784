import { type GuardVerdict, judgeGuard, renewedAt } from '../../core/patroni/guard.ts'
import { LEASE } from '../../core/patroni/lease.ts'
import type { EtcdCredentials } from '../../system/etcd/exchange.ts'
import { readText } from '../../system/files.ts'
import {
  isLive,
  patroniMembers,
  type PatroniMember,
  type PatroniState,
  patroniState,
} from '../../system/patroni/member-state.ts'
import type { PatroniAccess } from '../../system/patroni/rest.ts'
import { readControlFile } from '../../system/tools/postmaster.ts'
import type { AgentEnvironment } from '../environment.ts'
import { patroniAccess } from './access.ts'
import { EtcdWord } from './etcd-word.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

/** The guard counts with both: a look is over within the longer. Patroni answers the first from memory, the second by its server. */
const LIVE_MS = 1000
const STATE_MS = 1500
/** How far replicas are is for people to read. */
const MEMBERS_EVERY_MS = 3000
/** What a Patroni that was never heard of gets to answer, before it counts as standing still. */
const GRACE_MS = 5000
const TTL_MS = LEASE.ttlSeconds * 1000

/** What the machine shows. */
export interface Known {
  /** Patroni’s process; and whether there ever was one here. */
  readonly runs: boolean
  readonly hasRun: boolean
  readonly serverRuns: boolean
}

export interface PatroniLook {
  /** Its last word; undefined when it gave none this time. */
  readonly state: PatroniState | undefined
  /** As the members know this one. */
  readonly own: PatroniMember | undefined
  /** The server runs and is no replica. */
  readonly isPrimary: boolean
  readonly isFounded: boolean | undefined
  readonly guard: GuardVerdict
}

/** Follows one member's Patroni: by REST, and by etcd when that is silent. */
export class PatroniWatch {
  readonly #env: AgentEnvironment
  #credentials: EtcdCredentials | undefined
  #etcd: { readonly word: EtcdWord; readonly of: string } | undefined
  #answeredAtMs = performance.now() + GRACE_MS - TTL_MS / 2
  #renewedAtMs = this.#answeredAtMs
  #isFounded: boolean | undefined
  #isPaused = false
  #members: readonly PatroniMember[] = []
  #membersAtMs = -Infinity

  constructor(env: AgentEnvironment) {
    this.#env = env
  }

  /** Patroni was started. */
  begun(): void {
    this.#answeredAtMs = performance.now()
  }

  end(): void {
    this.#etcd?.word.close()
    this.#etcd = undefined
  }

  async look(doc: PatroniDocument, { runs, hasRun, serverRuns }: Known): Promise<PatroniLook> {
    await this.#readCredentials(doc)
    const access = this.access(doc)
    const [isAlive, state] =
      access && runs
        ? await Promise.all([
            answerOr(isLive(access, LIVE_MS), false),
            answerOr(patroniState(access, STATE_MS), undefined),
          ])
        : [false, undefined]
    const nowMs = performance.now()
    if (state) this.#heard(state, nowMs)
    if (access && state && serverRuns) await this.#askMembers(access, nowMs)
    const isPrimary = serverRuns && (await this.#isPrimary(doc, state))
    const isLate = isPrimary && !this.#isPaused && nowMs - this.#renewedAtMs >= TTL_MS / 2
    const answers = isAlive && !isLate
    if (answers) this.#answeredAtMs = nowMs
    const word = answers
      ? { isFounded: this.#isFounded, leader: 'unknown' as const }
      : await this.#askEtcd(doc)
    const seen = {
      isPrimary,
      answers,
      answeredAtMs: this.#answeredAtMs,
      renewedAtMs: this.#renewedAtMs,
      leader: word.leader,
    }
    // Nobody can take the place of a server whose scope was not founded, or of one whom people hold in it.
    const isGuarded = !this.#isPaused && (word.isFounded ?? hasRun)
    return {
      state,
      own: this.#members.find(({ name }) => name === doc.patroni.name),
      isPrimary,
      isFounded: word.isFounded,
      guard: isGuarded ? judgeGuard(seen, LEASE, performance.now()) : 'fine',
    }
  }

  /** How it is asked; undefined before it has a certificate. */
  access(doc: PatroniDocument): PatroniAccess | undefined {
    const credentials = this.#credentials
    return credentials && patroniAccess(doc, this.#env, () => credentials)
  }

  #heard(state: PatroniState, nowMs: number): void {
    this.#isPaused = state.isPaused
    if (state.role === undefined) return
    this.#isFounded = true
    this.#renewedAtMs = Math.max(this.#renewedAtMs, renewedAt(state, LEASE, nowMs))
  }

  async #isPrimary(doc: PatroniDocument, state: PatroniState | undefined): Promise<boolean> {
    if (state) return state.role === 'primary'
    return (await readControlFile(patroniPlaces(doc).data))?.state === 'in production'
  }

  async #askMembers(access: PatroniAccess, nowMs: number): Promise<void> {
    if (nowMs - this.#membersAtMs < MEMBERS_EVERY_MS) return
    this.#membersAtMs = nowMs
    this.#members = await answerOr(patroniMembers(access, LIVE_MS), [])
  }

  async #askEtcd(doc: PatroniDocument) {
    const credentials = this.#credentials
    if (!credentials) return { isFounded: this.#isFounded, leader: 'unknown' as const }
    const of = JSON.stringify([doc.patroni, credentials.certPem])
    if (this.#etcd?.of !== of) {
      this.end()
      this.#etcd = { word: new EtcdWord(doc, () => credentials), of }
    }
    const word = await this.#etcd.word.ask()
    this.#isFounded = word.isFounded ?? this.#isFounded
    return { isFounded: this.#isFounded, leader: word.leader }
  }

  /** The member's own, anew after a renewal. */
  async #readCredentials(doc: PatroniDocument): Promise<void> {
    const pem = await readText(patroniPlaces(doc).certificate)
    if (pem === undefined || pem === this.#credentials?.certPem) return
    this.#credentials = { caPem: this.#env.authority.certPem, certPem: pem, keyPem: pem }
  }
}

/** No answer is one of the things to be seen. */
const answerOr = <T, U>(asked: Promise<T>, otherwise: U): Promise<T | U> =>
  asked.catch(() => otherwise)
