import { setTimeout as delay } from 'node:timers/promises'
import type { AgentEnvironment } from './environment.ts'

/** A loop that failed for a reason of ours, such as a full disk under the store, is entered again after this long. */
const REENTRY_MS = 1000

/** Runs a loop until `signal` aborts, however often it fails. Never throws. `about`: what it looks after, for the log. */
export async function keepRunning(
  loop: { run(signal: AbortSignal): Promise<void> },
  about: string,
  env: Pick<AgentEnvironment, 'log'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await loop.run(signal)
    } catch (error) {
      if (signal.aborted) return
      env.log('loop failed', { loop: about, error })
      await delay(REENTRY_MS)
    }
  }
}
