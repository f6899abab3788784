import { availableParallelism, totalmem } from 'node:os'

/** Bytes of memory that this process and its servers may use: the machine's, or its control group's limit when that is lower. */
export function totalMemoryBytes(): number {
  // 0, or a number beyond all memory, when there is no limit; Node reads control groups v1 and v2.
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** Processors that we may use at the same time: as the affinity mask and the control group's quota allow. At least 1. */
export function cpuCount(): number {
  return availableParallelism()
}
