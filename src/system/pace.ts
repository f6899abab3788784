import type { FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { backgroundRate, type Rates, recentPressure } from './background-rate.ts'
import { countPressure, pressureBetween } from './pressure.ts'

/** Called after so many bytes were read, or written to this file. */
export type Pace = (bytes: number, file?: FileHandle) => Promise<void>

export interface PaceOptions {
  /** What there is to do. */
  readonly totalBytes: number
  readonly rates: Rates
  /** The share that is gone of something else than time that the work may not use up: 0 to 1. Asked every other second. */
  readonly spent?: () => Promise<number>
  readonly signal?: AbortSignal | undefined
}

const MiB = 1024 * 1024

/** Of what is written. At 128 MiB/s a terabyte takes 2.3 hours, and four clients of pgbench on two processors lost a sixth; what they lost at 16 to 32 was less than the spread of 7 %. */
export const WRITING: Rates = { most: 128 * MiB, least: 16 * MiB }
/** Of what is read and summed up, which takes a processor a second for each GiB. */
export const READING: Rates = { most: 512 * MiB, least: 32 * MiB }

/** However busy others are, it is done in this time, unless that would take more than the highest rate. */
const LONGEST_MS = 3 * 60 * 60 * 1000
/** What took its time because others were busy is followed by a rest of so much of that time. */
const REST_RATIO = 0.5
/** What was written of it is on the disk before the next: more of it at once is what a commit of others would wait for. */
const SLICES_PER_SECOND = 16
const ASK_EVERY_MS = 2000

/**
 * Keeps work that reads or writes much from being felt by others: what it wrote is put on the disk bit by bit, with a rest after each. The longer others
 * wait for processor or disk during these rests, in which it uses neither, the slower it goes.
 */
export function createPace({ totalBytes, rates, spent, signal }: PaceOptions): Pace {
  const startedMs = performance.now()
  let sinceMs = startedMs
  let askedMs = -Infinity
  let [doneBytes, sliceBytes, pressure, spentElse] = [0, 0, 0, 0]
  let rate = rates.most
  return async (bytes, file) => {
    sliceBytes += bytes
    if (sliceBytes < rate / SLICES_PER_SECOND) return
    await file?.datasync()
    const tookMs = performance.now() - sinceMs
    const leastMs = (sliceBytes / rate) * 1000
    const restMs = Math.max(tookMs * REST_RATIO, leastMs - tookMs)
    const before = countPressure()
    await pause(restMs, undefined, { signal })
    pressure = recentPressure(pressure, pressureBetween(before, countPressure()), restMs)
    doneBytes += sliceBytes
    sliceBytes = 0
    sinceMs = performance.now()
    if (spent && sinceMs - askedMs > ASK_EVERY_MS) {
      spentElse = await spent()
      askedMs = sinceMs
    }
    const spentShare = Math.max((sinceMs - startedMs) / LONGEST_MS, spentElse)
    rate = backgroundRate(rates, { pressure, doneBytes, totalBytes, spent: spentShare })
  }
}
