import { readdirSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** The nice value of work in the background: the weakest. */
const leastPriority = 19

/**
 * Weight 70 against the 1024 of each other session (sched_prio_to_weight in Linux's kernel/sched/core.c): beside two that want all of two processors, 3 % of both.
 * The weakest, 15, could be so little that a base of a busy server's terabyte never ends.
 */
const sessionNice = 12

/** So much processor time is nobody's loss: a small piece of work is done by then. */
const freeMs = 1000

const lookEveryMs = 100

/**
 * Has this process, and what it starts, use only the processor that others leave, from when it has used a second of it on. It must be
 * alone in its session: where Linux shares the processor by sessions (sched_autogroup), the nice value counts inside of one only.
 */
export function stepBackSoon(): void {
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage()
    if ((user + system) / 1000 < freeMs) return
    clearInterval(timer)
    stepBack()
  }, lookEveryMs)
  timer.unref()
}

function stepBack(): void {
  if (process.platform !== 'linux') return setPriority(leastPriority)
  // Each thread has a priority of its own on Linux; those that come later take over their maker's.
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), leastPriority)
  try {
    writeFileSync('/proc/self/autogroup', String(sessionNice))
  } catch {
    // A kernel without, or one that allows no more changes just now: then the nice values are what there is.
  }
}
