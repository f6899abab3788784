import type { FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

/** Called after so many bytes were written to this file. */
export type Pace = (bytes: number, file: FileHandle) => Promise<void>

/** No faster than this, however idle the machine is: a terabyte in 2.3 hours. */
const mostBytesPerSecond = 128 * 1024 * 1024
/** What took its time because others were busy is followed by a rest of so much of that time. */
const restRatio = 0.5
/** On the disk before the next: more of it at once is what a commit of others would wait for. */
const sliceBytes = 8 * 1024 * 1024

/** Keeps work that writes much from being felt by others: it is put on the disk bit by bit, and the slower that goes, the longer it rests. */
export function createPace(signal: AbortSignal | undefined): Pace {
  let bytes = 0
  let sinceMs = performance.now()
  return async (more, file) => {
    bytes += more
    if (bytes < sliceBytes) return
    await file.datasync()
    const tookMs = performance.now() - sinceMs
    const leastMs = (bytes / mostBytesPerSecond) * 1000
    const restMs = Math.max(tookMs * restRatio, leastMs - tookMs)
    await pause(restMs, undefined, { signal })
    bytes = 0
    sinceMs = performance.now()
  }
}
