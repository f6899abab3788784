import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

const KEPT_OPERATIONS = 500

/** Ended operations beyond the newest few hundred go. */
export async function pruneOperations(store: Store, { operations }: Documents): Promise<void> {
  const ended = (await operations.list()).filter((o) => o.value.finishedAt)
  const old = ended.slice(0, Math.max(0, ended.length - KEPT_OPERATIONS))
  if (old.length > 0) await store.write(old.map((o) => operations.remove([o.value.id])))
}
