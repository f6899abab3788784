import { randomBytes } from 'node:crypto'
import type { NewEvent } from '../operations/dependencies.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

/** Kept events; older ones go. */
const KEPT = 5000

/** Writes what happened where `howdah events` reads it. */
export function createEvents(store: Store, documents: Documents) {
  const { events } = documents
  return {
    async record(event: NewEvent): Promise<void> {
      const at = new Date().toISOString()
      const id = `${Date.now().toString(36).padStart(9, '0')}-${randomBytes(4).toString('hex')}`
      await store.write([events.put([id], { id, at, ...event }, 0)])
    },
    async prune(): Promise<void> {
      const all = await events.list()
      const old = all.slice(0, Math.max(0, all.length - KEPT))
      if (old.length > 0) await store.write(old.map((e) => events.remove([e.value.id])))
    },
  }
}
