import { release, type as systemName } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { HostStatusDocument } from '../../contract/documents/host.ts'
import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import { freeBytes } from '../../system/disk.ts'
import { cpuCount, totalMemoryBytes } from '../../system/memory.ts'

const EVERY_MS = 5000
/** Three words may be lost before others take the host for down. */
const LEASE_MS = 15_000

export interface StatusOptions {
  readonly store: Store
  readonly documents: Documents
  readonly home: string
  readonly host: string
  readonly version: string
  readonly startedAt: string
  readonly onError: (error: unknown) => void
}

/**
 * Tells the others that this host is up, until `signal` aborts; then it is down at once. Without a word the lease takes the document
 * away. A store that does not answer is told to `onError` once, until it answers again.
 */
export async function writeHostStatus(o: StatusOptions, signal: AbortSignal): Promise<void> {
  let lease: string | undefined
  let isTold = false
  while (!signal.aborted) {
    try {
      if (lease === undefined || !(await o.store.renewLease(lease))) {
        lease = await o.store.grantLease(LEASE_MS)
      }
      const put = o.documents.hostStatus.put([o.host], statusOf(o))
      await o.store.write([{ ...put, ...(put.kind === 'put' ? { lease } : {}) }])
      isTold = false
    } catch (error) {
      if (!isTold) o.onError(error)
      isTold = true
      lease = undefined
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => {}) // told to end
  }
  if (lease !== undefined) await o.store.revokeLease(lease).catch(o.onError)
}

function statusOf({ home, version, startedAt }: StatusOptions): HostStatusDocument {
  return {
    format: 1,
    version,
    startedAt,
    seenAt: new Date().toISOString(),
    system: `${systemName()} ${release()}`,
    cpus: cpuCount(),
    memoryBytes: totalMemoryBytes(),
    diskFreeBytes: freeBytes(home),
  }
}
