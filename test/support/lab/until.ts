import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 20
/** Far beyond what anything here takes: it turns a hang into a failure with a name, and measures nothing. */
const DEADLINE_MS = 300_000

/** Looks until it finds something and gives that. What it waits for is in the failure when nothing ever comes. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  /** More for what must take its time. */
  withinMs = DEADLINE_MS,
): Promise<T> {
  const deadlineMs = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadlineMs) throw new Error(`waited in vain: ${what}`)
    await pause(LOOK_MS)
  }
}
