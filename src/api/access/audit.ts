import { randomBytes } from 'node:crypto'
import type { Caller } from '../../contract/access.ts'
import type { Endpoint } from '../../contract/endpoint.ts'
import type { AuditEntry } from '../../contract/token.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'

/** Kept entries; older ones go. */
const KEPT = 10_000

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
}

/** A viewer sees no secret and changes nothing; every other call that is not a plain read leaves a trace. */
export const leavesTrace = (e: Endpoint): boolean => e.method !== 'GET' && e.needs !== 'viewer'

export function audit({ store, documents }: { store: Store; documents: Documents }): Audit {
  return {
    async handle(what, e, input, caller, act) {
      if (!leavesTrace(e)) return act()
      const { name: who, from } = caller
      const at = new Date()
      const id = `${at.getTime().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`
      const subject = subjectOf(input)
      const entry: AuditEntry = {
        id,
        at: at.toISOString(),
        who,
        from,
        what,
        ...(subject === '' ? {} : { subject }),
        result: 'begun',
      }
      const note = (result: Partial<AuditEntry>) =>
        store.write([documents.audit.put([id], { ...entry, ...result })])
      await note({})
      try {
        const reply = await act()
        const operation = operationIn(reply)
        await note({ result: 'ok', ...(operation === undefined ? {} : { operation }) })
        return reply
      } catch (error) {
        await note({ result: AppError.from(error).code })
        throw error
      }
    },
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
