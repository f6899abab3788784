import { AppError } from '../errors/app-error.ts'
import type { Store } from '../store/store.ts'

/**
 * One worker runs an operation at a time: the claim goes when its worker's lease does. Waits while another worker has
 * it. Gives the claim's revision; undefined when `signal` aborted first.
 */
export async function claim(
  store: Store,
  id: string,
  lease: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const key = `claims/${id}`
  while (!signal.aborted) {
    try {
      return await store.write([{ kind: 'put', key, value: { lease }, ifRevision: 0, lease }])
    } catch (error) {
      if (AppError.from(error).code !== 'STORE_CONFLICT') throw error
    }
    const held = await store.get(key)
    // Our own, from before: it was to be given back and the store did not answer.
    if (held && (held.value as { lease?: unknown }).lease === lease) return held.revision
    await untilGone(store, key, signal)
  }
  return undefined
}

async function untilGone(store: Store, key: string, signal: AbortSignal): Promise<void> {
  const gone = new AbortController()
  try {
    const changes = store.watch(key, AbortSignal.any([signal, gone.signal]))
    if (!(await store.get(key))) return
    for await (const change of changes) {
      if (change.kind === 'delete' && change.key === key) return
    }
  } finally {
    gone.abort()
  }
}
