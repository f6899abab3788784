import type { InstanceDocument } from '../contract/documents/instance.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { type Idleness, idleness, type Use } from '../core/policy/idleness.ts'
import { useOfServer, type UseRow } from '../core/sql/use.ts'
import { sessionsOpened, type Sql } from '../system/tools/postgres.ts'
import { asSuperuser } from './as-superuser.ts'
import type { AgentEnvironment } from './environment.ts'
import { Wakeup } from './wakeup.ts'
import { putToSleep, tellSleep } from './wake.ts'

/** From one look to the next: a session costs a server about 3 ms. A short patience is looked at more often. */
const LOOK_MS = { most: 20_000, least: 250 }
const LOOKS_IN_PATIENCE = 4
/** A server that cannot answer so simple a question is not idle. */
const ANSWER_MS = 5000

/** Puts one instance to sleep when nobody has used it for as long as it says. */
export class IdleLoop {
  readonly #id: readonly [string, string]
  readonly #env: AgentEnvironment
  #idle: Idleness | undefined

  /** `id`: its project and service. */
  constructor(id: readonly [string, string], env: AgentEnvironment) {
    this.#id = id
    this.#env = env
  }

  async run(signal: AbortSignal): Promise<void> {
    const wakeup = new Wakeup()
    signal.addEventListener('abort', () => wakeup.wake(), { once: true })
    while (!signal.aborted) {
      const suspendAfterMs = await this.#look()
      const lookMs = (suspendAfterMs ?? LOOK_MS.most) / LOOKS_IN_PATIENCE
      await wakeup.wait(Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, lookMs)))
    }
  }

  /** Looks once, and acts when its time has come. Gives how long the instance waits for clients. */
  async #look(): Promise<number | undefined> {
    const { instances, members, observed } = this.#env.documents
    const instance = (await instances.get(...this.#id))?.value
    const member = await members.get(...this.#id, '0')
    const status = (await observed.get(...this.#id, '0'))?.value
    const { suspendAfterMs } = instance ?? {}
    const runs = instance && member && isAwake(instance, member.value)
    if (!suspendAfterMs || !runs || status?.state !== 'ready') {
      this.#idle = undefined
      return suspendAfterMs
    }
    const use = await this.#ask(member.value, status.pid ?? 0)
    this.#idle = use && idleness(this.#idle, use, performance.now())
    if (this.#idle && performance.now() - this.#idle.sinceMs >= suspendAfterMs) {
      const lineages = instance.lineage ? [`lineages/${instance.lineage}`] : []
      if (await putToSleep(this.#env, member.value, member.revision, lineages)) {
        tellSleep(this.#env, member.value, 'suspended')
      }
      this.#idle = undefined
    }
    return suspendAfterMs
  }

  /** Undefined when the server does not answer, which is no sign of idleness. */
  async #ask(member: MemberDocument, pid: number): Promise<Use | undefined> {
    const { socketDirectory, engine } = member
    const look = async (sql: Sql): Promise<Use> => {
      const ours = sessionsOpened(socketDirectory)
      const [row] = await sql.query<UseRow>(useOfServer(engine.major))
      const sessions = row?.sessions ?? undefined
      const visits = sessions === undefined ? undefined : sessions - ours
      return { pid, inUse: row?.busy ?? true, visits }
    }
    try {
      return await asSuperuser(member, look, ANSWER_MS)
    } catch (error) {
      this.#env.log('cannot see who uses a server', { subject: this.#id.join('/'), error })
      return undefined
    }
  }
}

const isAwake = (instance: InstanceDocument, member: MemberDocument): boolean =>
  instance.phase === 'live' && instance.wanted === 'running' && member.wanted === 'running'
