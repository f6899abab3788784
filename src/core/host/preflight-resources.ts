import type { PreflightFinding } from '../../contract/host.ts'
import { describeBytes } from '../describe-bytes.ts'
import type { ClockFacts, HostFacts } from './facts.ts'

const GIB = 1024 ** 3

/**
 * etcd and the daemon take about a quarter of the least together, and each instance wants some for Postgres, Patroni and its pooler. A machine that is
 * sold with 1 GiB shows a few per cent less, so a tenth is let off.
 */
const MEMORY = { leastBytes: 0.9 * GIB, comfortableBytes: 1.8 * GIB }

/** The packages need 0.5 GiB, etcd up to 2 with its snapshots, and an empty instance 0.1. */
const DISK = { leastBytes: 2 * GIB, comfortableBytes: 10 * GIB }

/** Leases count by each machine’s own clock, so this never decides over data; certificates, recovery targets and logs need it. */
export function judgeClock({ isSynchronised }: ClockFacts): PreflightFinding {
  const about = 'clock'
  const use = 'certificates, restores to a moment and logs of several hosts need clocks that agree'
  if (isSynchronised === true) {
    return { about, verdict: 'fine', sentence: 'The clock is set over the network.' }
  }
  const sentence =
    isSynchronised === false
      ? `The clock is not set over the network, and ${use}: install chrony or systemd-timesyncd.`
      : `Whether the clock is set over the network cannot be told here, and ${use}: see that it is.`
  return { about, verdict: 'warning', sentence }
}

export function judgeMemory(memoryBytes: number): PreflightFinding {
  const about = 'memory'
  const has = `This machine has ${describeBytes(memoryBytes)} of memory`
  if (memoryBytes < MEMORY.leastBytes) {
    return { about, verdict: 'refused', sentence: `${has}; a host needs 1 GiB at least.` }
  }
  if (memoryBytes < MEMORY.comfortableBytes) {
    const sentence = `${has}, which is enough for a few small instances; 2 GiB and more is better.`
    return { about, verdict: 'warning', sentence }
  }
  return { about, verdict: 'fine', sentence: `${has}.` }
}

export function judgeDisk({ home, freeBytes }: HostFacts['disk']): PreflightFinding {
  const about = 'disk'
  const has = `${describeBytes(freeBytes)} are free where ${home} is`
  if (freeBytes < DISK.leastBytes) {
    const sentence = `${has}; a host needs ${describeBytes(DISK.leastBytes)} at least. Free some, or mount a larger disk there.`
    return { about, verdict: 'refused', sentence }
  }
  if (freeBytes < DISK.comfortableBytes) {
    const sentence = `${has}; with less than ${describeBytes(DISK.comfortableBytes)} databases and backups soon fill it.`
    return { about, verdict: 'warning', sentence }
  }
  return { about, verdict: 'fine', sentence: `${has}.` }
}
