import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** A count that goes up while somebody waits, beside what it goes up by at most. */
interface Waited {
  readonly waitedMs: number
  readonly outOfMs: number
}

/** What was counted until now: of each kind of waiting. */
export type PressureCount = readonly Waited[]

/** Linux's pressure stall information (Documentation/accounting/psi.rst): `some` counts the time in which a task could not go on. */
const STALLS = ['/proc/pressure/cpu', '/proc/pressure/io']

/**
 * Counts how long there were tasks on this machine that waited for processor or disk. Where the kernel does not count that, how long its
 * processors were in use. Reads no disk.
 */
export function countPressure(): PressureCount {
  const nowMs = performance.now()
  const stalls = STALLS.map(stalledMs)
  if (!stalls.includes(undefined)) {
    return stalls.map((waitedMs = 0) => ({ waitedMs, outOfMs: nowMs }))
  }
  const all = cpus().map(({ times }) => times)
  const idleMs = all.reduce((sum, { idle }) => sum + idle, 0)
  const outOfMs = all.reduce((sum, t) => sum + t.user + t.nice + t.sys + t.idle + t.irq, 0)
  return [{ waitedMs: outOfMs - idleMs, outOfMs }]
}

/** The share of the time between two counts, 0 to 1, of the kind of waiting that there was most of. */
export function pressureBetween(before: PressureCount, after: PressureCount): number {
  const shares = after.map(({ waitedMs, outOfMs }, kind) => {
    const first = before[kind]
    const timeMs = outOfMs - (first?.outOfMs ?? outOfMs)
    return timeMs > 0 ? (waitedMs - (first?.waitedMs ?? waitedMs)) / timeMs : 0
  })
  return Math.min(1, Math.max(0, ...shares))
}

function stalledMs(path: string): number | undefined {
  const text = readStalls(path)
  const micros = /^some .*\btotal=(\d+)/m.exec(text)?.[1]
  return micros === undefined ? undefined : Number(micros) / 1000
}

function readStalls(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // a kernel without, or with it turned off: the processors are looked at instead
  }
}
