import { setTimeout as delay } from 'node:timers/promises'
import { errnoOf } from './file-errors.ts'
import { readProcess } from './process-table.ts'

export { listProcesses, processesOf, type RunningProcess } from './process-table.ts'

/** One process and no later one with the same id. Plain data: it may be kept in a file and compared after a restart. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque. On Linux the boot and the tick of its start, on macOS the second of its start. */
  readonly startedAt: string
}

/** Who has this process id now; undefined when nobody. A zombie is nobody. */
export function identify(pid: number): ProcessIdentity | undefined {
  const entry = readProcess(pid)
  return entry && !entry.zombie ? { pid, startedAt: entry.startedAt } : undefined
}

/** Whether this very process still runs. */
export function isAlive({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt
}

/**
 * Sends a signal to this very process. False when it has ended, even if its id is in use again. Between the check and the
 * signal lie microseconds in which the kernel would have to go round all ids; Node has no pidfd to close that gap.
 * Throws EPERM for another account's process.
 */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false
  try {
    return process.kill(identity.pid, name)
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return false
    throw error
  }
}

/** Waits until the process has ended: true, or false when `timeoutMs` passed first. Rejects with AbortError when `signal` aborts. */
export async function waitForExit(
  identity: ProcessIdentity,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  // Most servers that end at all end at once: look often at first, then 20 times a second.
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    signal?.throwIfAborted()
    if (!isAlive(identity)) return true
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return false
    await delay(Math.min(pauseMs, leftMs), undefined, { signal })
  }
}

/** Signals in the order to send them, each with the time in ms that the process has to end before the next one. */
export type Ladder = readonly (readonly [name: NodeJS.Signals, waitMs: number])[]

const politeThenSure: Ladder = [
  ['SIGTERM', 5000],
  ['SIGKILL', 5000],
]

/** Ends a process: sends each signal and waits, until it is gone. True when it is; false when it survived them all. */
export async function endProcess(
  identity: ProcessIdentity,
  options: { readonly signals?: Ladder; readonly signal?: AbortSignal | undefined } = {},
): Promise<boolean> {
  for (const [name, timeoutMs] of options.signals ?? politeThenSure) {
    if (!signal(identity, name)) return true
    if (await waitForExit(identity, { timeoutMs, signal: options.signal })) return true
  }
  return !isAlive(identity)
}
