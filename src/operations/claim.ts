import { AppError } from '../errors/app-error.ts'
import type { Store } from '../store/store.ts'

/**
 * One worker runs an operation at a time: the claim goes when its worker's lease does. Waits while another worker has
 * it. Gives the claim's revision; undefined when `signal` aborted first. `host`: whose worker it is, in a cluster.
 */
export async function claim(
  store: Store,
  id: string,
  { lease, host }: { readonly lease: string; readonly host?: string | undefined },
  signal: AbortSignal,
): Promise<number | undefined> {
  const key = `claims/${id}`
  const value = { lease, ...(host === undefined ? {} : { host }) }
  while (!signal.aborted) {
    try {
      return await store.write([{ kind: 'put', key, value, ifRevision: 0, lease }])
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

/**
 * Gives up what earlier lives of this host's daemon had claimed, which their lease would hold for seconds more. For a worker that
 * begins: a home has one daemon at a time, and nothing of its own runs yet.
 */
export async function dropDeadClaims(store: Store, host: string): Promise<void> {
  for (const { key, value, revision } of await store.list('claims/')) {
    if ((value as { host?: unknown }).host !== host) continue
    try {
      await store.write([{ kind: 'delete', key, ifRevision: revision }])
    } catch (error) {
      // Its lease ended meanwhile: gone is gone.
      if (AppError.from(error).code !== 'STORE_CONFLICT') throw error
    }
  }
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
