import { setTimeout as delay } from 'node:timers/promises'
import { Wakeup } from '../agent/wakeup.ts'
import type { Procedure } from '../operations/procedure.ts'
import { MachineClock } from './machine-clock.ts'
import { enqueueDue, type ScheduleDependencies } from './scheduled-work.ts'

/** Timers stand still while a machine sleeps, and clocks are set: nothing is slept through for longer than this. */
const LONGEST_WAIT_MS = 60_000
/** What belongs together changes together: it is looked at once. */
const QUIET_MS = 1000
/** A wait that took so much longer than it should was a sleep of the machine. */
const SLEPT_MS = 30_000

/** What decides about schedules; the progress of an operation does not, its end is seen by its locks. */
const decisive = ['instances/', 'lineages/', 'backups/', 'drills/', 'locks/', 'observed/']

/**
 * Does what the policies of all instances want done, when it is time, until `signal` aborts: base backups, restore drills, clean-up,
 * the end of branches. Each is an operation like one that a person asks for. A failure to look goes to `onError` and is
 * tried again.
 */
export async function keepSchedules(
  d: ScheduleDependencies,
  procedures: readonly Procedure[],
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  const wakeup = new Wakeup()
  signal.addEventListener('abort', () => wakeup.wake(), { once: true })
  const watching = wakeOnChange(d, wakeup, signal)
  const told = new Set<string>()
  const machine = new MachineClock(d)
  let awakeSinceMs = Date.now()
  while (!signal.aborted) {
    const nowMs = Date.now()
    let nextMs = Infinity
    try {
      const clock = await machine.read(nowMs)
      nextMs = await enqueueDue(d, procedures, { nowMs, clock, awakeSinceMs, told })
    } catch (error) {
      onError(error)
    }
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(QUIET_MS, nextMs - nowMs))
    const woken = await wakeup.wait(waitMs)
    if (woken) await delay(QUIET_MS, undefined, { signal }).catch(() => {}) // told to end
    if (Date.now() - nowMs > waitMs + SLEPT_MS) awakeSinceMs = Date.now()
  }
  await watching
}

async function wakeOnChange(
  { store }: ScheduleDependencies,
  wakeup: Wakeup,
  signal: AbortSignal,
): Promise<void> {
  for await (const change of store.watch('', signal)) {
    const key = change.kind === 'put' ? change.entry.key : change.key
    if (decisive.some((prefix) => key.startsWith(prefix))) wakeup.wake()
  }
}
