import type { Durability } from '../../contract/documents/member.ts'
import { AppError } from '../../errors/app-error.ts'
import { LEASE } from '../patroni/lease.ts'
import { abilitiesOf, type PatroniVersion } from '../patroni/version.ts'

export interface ScopeWish {
  readonly durability: Durability
  /** From `sharedSettings`. */
  readonly shared: Readonly<Record<string, string>>
  readonly version: PatroniVersion
}

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [k: string]: Json }
export type JsonObject = Readonly<Record<string, Json>>

/** A replica further behind than this does not become primary by itself: Patroni’s own default. It loses at most so much. */
const MAXIMUM_LAG_BYTES = 1024 * 1024
/** How long the slot of a replica that is away keeps WAL for it; max_slot_wal_keep_size is the other bound. */
const MEMBER_SLOTS_TTL = '30min'

/**
 * What all members of a scope hold to, kept by Patroni in etcd under `config`. Throws NOT_SUPPORTED for a durability that this
 * release lacks.
 */
export function dynamicConfig({ durability, shared, version }: ScopeWish): JsonObject {
  const { quorum, keepsSlots } = abilitiesOf(version)
  if (durability === 'quorum' && !quorum) {
    const { major, minor } = version
    throw new AppError(
      'NOT_SUPPORTED',
      `Patroni ${major}.${minor} cannot commit by quorum: 4.0 can`,
    )
  }
  return {
    ttl: LEASE.ttlSeconds,
    loop_wait: LEASE.loopWaitSeconds,
    retry_timeout: LEASE.retryTimeoutSeconds,
    maximum_lag_on_failover: MAXIMUM_LAG_BYTES,
    // A primary that crashed is replaced at once, and not waited for while it recovers.
    primary_start_timeout: 0,
    // Without etcd a primary that reaches all other members goes on.
    failsafe_mode: true,
    // Of slots that it did not make it leaves those alone that others read changes from.
    ignore_slots: [{ type: 'logical' }],
    synchronous_mode: durability === 'quorum' ? 'quorum' : durability !== 'async',
    synchronous_mode_strict: durability === 'strict',
    ...(keepsSlots ? { member_slots_ttl: MEMBER_SLOTS_TTL } : {}),
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      parameters: {
        ...shared,
        // A new primary has the slots of the others only after its next loop, and 5 s is what a replica waits by default.
        wal_retrieve_retry_interval: '500ms',
        wal_receiver_timeout: '10s',
        wal_sender_timeout: '10s',
      },
    },
  }
}

/**
 * What to send with PATCH /config so that `current` says all that `wanted` does; undefined when it does already. What is there
 * beside it stays, but for settings of Postgres: those that are no longer wanted are taken away (null removes).
 */
export function dynamicChange(current: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const change = difference(current, wanted)
  const gone = Object.keys(parametersOf(current)).filter((name) => !(name in parametersOf(wanted)))
  if (gone.length === 0) return change
  const postgresql = objectOf(change?.['postgresql'])
  const removed = Object.fromEntries(gone.map((name) => [name, null]))
  const parameters = { ...objectOf(postgresql['parameters']), ...removed }
  return { ...change, postgresql: { ...postgresql, parameters } }
}

function difference(current: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const changed = Object.entries(wanted).flatMap(([name, value]): [string, Json][] => {
    const is = current[name]
    if (isObject(value)) {
      const inner = difference(objectOf(is), value)
      return inner ? [[name, inner]] : []
    }
    return JSON.stringify(is) === JSON.stringify(value) ? [] : [[name, value]]
  })
  return changed.length > 0 ? Object.fromEntries(changed) : undefined
}

const parametersOf = (config: JsonObject): JsonObject =>
  objectOf(objectOf(config['postgresql'])['parameters'])

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
