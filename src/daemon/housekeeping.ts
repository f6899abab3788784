import { AppError } from '../errors/app-error.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

const KEPT_OPERATIONS = 500

/** Ended operations beyond the newest few hundred go. */
export async function pruneOperations(store: Store, { operations }: Documents): Promise<void> {
  const ended = (await operations.list()).filter((o) => o.value.finishedAt)
  const old = ended.slice(0, Math.max(0, ended.length - KEPT_OPERATIONS))
  if (old.length > 0) await store.write(old.map((o) => operations.remove([o.value.id])))
}

const LEADER_KEY = 'leader/housekeeping'
/** Long beyond what it takes; who dies in it is in nobody's way at the next hour. */
const LEADER_MS = 60_000

/** Does what the whole cluster needs once: nothing when another host is about it. */
export async function asOnlyHost(store: Store, act: () => Promise<void>): Promise<void> {
  const lease = await store.grantLease(LEADER_MS)
  try {
    if (await leads(store, lease)) await act()
  } finally {
    await store.revokeLease(lease)
  }
}

async function leads(store: Store, lease: string): Promise<boolean> {
  try {
    await store.write([{ kind: 'put', key: LEADER_KEY, value: {}, ifRevision: 0, lease }])
    return true
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'STORE_CONFLICT')) throw error
    return false
  }
}
