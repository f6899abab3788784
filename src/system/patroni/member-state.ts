import { isObject } from '../etcd/refusal.ts'
import { askPatroni, type PatroniAccess } from './rest.ts'

/** What one Patroni says of its own server (GET /patroni). */
export interface PatroniState {
  /** 3.x calls it `master`. A server that is being stopped, or has none, is neither. */
  readonly role: 'primary' | 'replica' | undefined
  /** `running`, `starting`, `stopped`, `creating replica`, `start failed`, …: Patroni’s words. */
  readonly state: string
  /** Of a primary. */
  readonly timeline: number | undefined
  readonly pendingRestart: boolean
  readonly isPaused: boolean
  /** Etcd is away, and the primary goes on by the word of the other members. */
  readonly isFailsafe: boolean
  /** Since it last had an answer of etcd; to the second. */
  readonly etcdSeenAgoMs: number | undefined
}

/** One member as Patroni knows it (GET /cluster). */
export interface PatroniMember {
  readonly name: string
  readonly role: 'primary' | 'replica'
  /** Commits wait for it. */
  readonly isSync: boolean
  readonly state: string
  readonly timeline: number | undefined
  /** Bytes that it has yet to replay; undefined when nobody knows. */
  readonly lagBytes: number | undefined
}

/** Whether its loop runs: within the lease for a primary (GET /liveness). */
export async function isLive(access: PatroniAccess, timeoutMs: number): Promise<boolean> {
  const { status } = await askPatroni(access, { path: '/liveness', timeoutMs })
  return status === 200
}

/** Throws PATRONI_UNREACHABLE. `nowMs` is the wall clock. */
export async function patroniState(
  access: PatroniAccess,
  timeoutMs: number,
  nowMs = Date.now(),
): Promise<PatroniState> {
  const { body } = await askPatroni(access, { path: '/patroni', timeoutMs })
  return readState(body, nowMs)
}

/** The members that are there, by the view of this one’s last loop. Throws PATRONI_UNREACHABLE. */
export async function patroniMembers(
  access: PatroniAccess,
  timeoutMs: number,
): Promise<PatroniMember[]> {
  const { body } = await askPatroni(access, { path: '/cluster', timeoutMs })
  return readMembers(body)
}

export function readState(body: unknown, nowMs: number): PatroniState {
  const said = isObject(body) ? body : {}
  const seen = numberIn(said, 'dcs_last_seen')
  return {
    role: roleOf(said['role']),
    state: textIn(said, 'state') ?? 'unknown',
    timeline: numberIn(said, 'timeline'),
    pendingRestart: said['pending_restart'] === true,
    isPaused: said['pause'] === true,
    isFailsafe: said['failsafe_mode_is_active'] === true,
    etcdSeenAgoMs: seen === undefined ? undefined : nowMs - seen * 1000,
  }
}

export function readMembers(body: unknown): PatroniMember[] {
  const members = isObject(body) ? body['members'] : undefined
  if (!Array.isArray(members)) return []
  return members.filter(isObject).map((said) => ({
    name: textIn(said, 'name') ?? '',
    role: roleOf(said['role']) ?? 'replica',
    isSync: said['role'] === 'sync_standby' || said['role'] === 'quorum_standby',
    state: textIn(said, 'state') ?? 'unknown',
    timeline: numberIn(said, 'timeline'),
    // `unknown` for one that says nothing of itself.
    lagBytes: numberIn(said, 'lag'),
  }))
}

function roleOf(role: unknown): PatroniState['role'] {
  if (role === 'master' || role === 'primary' || role === 'leader') return 'primary'
  return typeof role === 'string' && /^(?:replica|(?:sync|quorum|standby)_\w+)$/.test(role)
    ? 'replica'
    : undefined
}

type Said = Readonly<Record<string, unknown>>

const numberIn = (said: Said, name: string): number | undefined =>
  typeof said[name] === 'number' ? said[name] : undefined

const textIn = (said: Said, name: string): string | undefined =>
  typeof said[name] === 'string' ? said[name] : undefined
