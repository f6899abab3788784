import { setTimeout as delay } from 'node:timers/promises'

const FIRST_PAUSE_MS = 200
/** A disk that was full is used again this soon after it has room. */
const LONGEST_PAUSE_MS = 5000

/**
 * Calls `act` until it does not throw, with growing pauses. Each failure is given to `onFailure`, which throws to give
 * up. Resolves early when `signal` aborts.
 */
export async function untilItWorks(
  act: () => Promise<void>,
  onFailure: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await act()
    } catch (error) {
      if (signal.aborted) return
      onFailure(error)
    }
    try {
      await delay(pauseMs, undefined, { signal })
    } catch {
      return // told to end, which is all that a delay can throw
    }
  }
}
