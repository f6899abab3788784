import { randomBytes } from 'node:crypto'
import type { Caller } from '../../contract/access.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import type { AuditEntry } from '../../contract/token.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'

/** Kept entries; older ones go. */
const KEPT = 10_000
const REFUSAL_MS = 60_000
/** Callers times calls: tokens are few, and so are calls. */
const REFUSALS_REMEMBERED = 10_000

export interface Audit {
  /**
   * Handles a call that changes something or reveals a secret, with an entry before and its result after. What cannot
   * be noted is not done.
   */
  handle(
    what: string,
    e: Endpoint,
    input: object,
    caller: Caller,
    act: () => Promise<unknown>,
  ): Promise<unknown>
  /** Notes a call that the guard refused, once a minute for each caller and call: refusals must not push out what was done. */
  refused(what: string, e: Endpoint, input: object, caller: Caller, error: AppError): Promise<void>
}

/** A viewer sees no secret and changes nothing; every other call that is not a plain read leaves a trace. */
export const leavesTrace = (e: Endpoint): boolean => e.method !== 'GET' && e.needs !== 'viewer'

export function audit({ store, documents }: { store: Store; documents: Documents }): Audit {
  const refusedAtMs = new Map<string, number>()
  const write = (entry: AuditEntry) => store.write([documents.audit.put([entry.id], entry)])
  return {
    async handle(what, e, input, caller, act) {
      if (!leavesTrace(e)) return act()
      const entry = newEntry(what, input, caller)
      await write(entry)
      let result: Pick<AuditEntry, 'result' | 'operation'> | undefined
      try {
        const reply = await act()
        const operation = operationIn(reply)
        result = { result: 'ok', ...(operation === undefined ? {} : { operation }) }
        return reply
      } catch (error) {
        result = { result: AppError.from(error).code }
        throw error
      } finally {
        // The entry then stays `begun`, which says as much; what was done is done, and its reply must not be lost.
        if (result) await write({ ...entry, ...result }).catch(() => undefined)
      }
    },
    async refused(what, e, input, caller, error) {
      if (!leavesTrace(e)) return
      const key = `${caller.name} ${what}`
      const now = Date.now()
      if (now - (refusedAtMs.get(key) ?? 0) < REFUSAL_MS) return
      if (refusedAtMs.size > REFUSALS_REMEMBERED) refusedAtMs.clear()
      refusedAtMs.set(key, now)
      await write({ ...newEntry(what, input, caller), result: error.code })
    },
  }
}

function newEntry(what: string, input: object, { name: who, from }: Caller): AuditEntry {
  const at = new Date()
  const subject = subjectOf(input)
  return {
    id: `${at.getTime().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`,
    at: at.toISOString(),
    who,
    from,
    what,
    ...(subject === '' ? {} : { subject }),
    result: 'begun',
  }
}

/** Entries beyond the newest ten thousand go. */
export async function pruneAudit(store: Store, { audit: entries }: Documents): Promise<void> {
  const all = await entries.list()
  const old = all.slice(0, Math.max(0, all.length - KEPT))
  if (old.length > 0) await store.write(old.map((e) => entries.remove([e.value.id])))
}

/** Names alone, in the order of a path: values may be secret. */
const NAMING = ['project', 'service', 'lineage', 'backup', 'id', 'name'] as const

const subjectOf = (input: object): string =>
  NAMING.map((key) => (input as Record<string, unknown>)[key])
    .filter((value) => typeof value === 'string')
    .join('/')

function operationIn(reply: unknown): string | undefined {
  const { id, steps } = Object(reply) as { id?: unknown; steps?: unknown }
  return typeof id === 'string' && Array.isArray(steps) ? id : undefined
}
