/** Between which rates work in the background goes, in bytes per second. */
export interface Rates {
  /** However idle the machine is. */
  readonly most: number
  /** However busy others are, unless time runs out. */
  readonly least: number
}

/** How work in the background stands. */
export interface Standing {
  /** The share of time in which others had to wait for processor or disk: 0 to 1. */
  readonly pressure: number
  readonly doneBytes: number
  readonly totalBytes: number
  /** The share that is gone of the time, or of whatever else it has until it is done: 0 to 1 and more. */
  readonly spent: number
}

const MiB = 1024 * 1024

/** An empty database has less: so little is done before anybody could feel it. */
const FREE_BYTES = 64 * MiB
/**
 * Others that wait less are not in our way, and those that wait more would feel it. Four clients of pgbench on two processors wait for 0.6
 * and more of the time.
 */
const PRESSURE = { quiet: 0.05, busy: 0.3 }
/** A pressure counts for about so long after it was seen. */
const MEMORY_MS = 2000

/** How fast to go on, in bytes per second: with the pressure down from the one rate to the other by equal ratios, and at the most whenever it is behind. */
export function backgroundRate({ most, least }: Rates, standing: Standing): number {
  const { pressure, doneBytes, totalBytes, spent } = standing
  if (doneBytes < FREE_BYTES || doneBytes < totalBytes * spent) return most
  const { quiet, busy } = PRESSURE
  const share = Math.min(1, Math.max(0, (pressure - quiet) / (busy - quiet)))
  return most * (least / most) ** share
}

/** The pressure to reckon with after another look at it, which took so long. */
export function recentPressure(before: number, seen: number, lookedMs: number): number {
  const weight = 1 - Math.exp(-lookedMs / MEMORY_MS)
  return before + (seen - before) * weight
}
