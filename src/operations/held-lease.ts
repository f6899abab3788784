import { AppError } from '../errors/app-error.ts'
import type { Store } from '../store/store.ts'

const LEASE_MS = 15_000
const RENEW_MS = 5000
/** What is under way at the end must have let go before another worker can begin: so long before the store ends the lease. */
const LET_GO_MS = 4000

/** A lease that is renewed for as long as it is held. */
export interface HeldLease {
  readonly id: string
  /** Aborts when the lease is lost, or may be: by our own clock, when the store does not answer. */
  readonly lost: AbortSignal
  /** Ends the renewals; the lease itself is the holder’s to give back. */
  stopRenewing(): void
}

/**
 * Takes a lease. The store counts from when a renewal reached it, so we count from when the last one that was confirmed was
 * sent: whatever the network does, we know of its end first. Renewals that fail go to `onError` and are tried again.
 */
export async function holdLease(
  store: Store,
  onError: (error: unknown) => void,
): Promise<HeldLease> {
  const over = new AbortController()
  const lose = (why: string): void => over.abort(new AppError('STORE_LEASE_ENDED', why))
  let timer: NodeJS.Timeout | undefined
  let heldSinceMs = performance.now()
  const id = await store.grantLease(LEASE_MS)
  const heldFrom = (sentAtMs: number): void => {
    heldSinceMs = Math.max(heldSinceMs, sentAtMs)
    clearTimeout(timer)
    const leftMs = heldSinceMs + LEASE_MS - LET_GO_MS - performance.now()
    const end = (): void => lose('the store confirmed no renewal of the lease in time')
    timer = setTimeout(end, Math.max(0, leftMs))
    timer.unref()
  }
  heldFrom(heldSinceMs)
  const renew = async (): Promise<void> => {
    const sentAtMs = performance.now()
    const isHeld = await store.renewLease(id)
    if (over.signal.aborted) return
    if (isHeld) heldFrom(sentAtMs)
    else lose('the lease has run out')
  }
  const renewals = setInterval(() => void renew().catch(onError), RENEW_MS)
  const stopRenewing = (): void => {
    clearInterval(renewals)
    clearTimeout(timer)
  }
  over.signal.addEventListener('abort', stopRenewing, { once: true })
  return { id, lost: over.signal, stopRenewing }
}
