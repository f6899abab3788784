const MIB = 1024 * 1024

export interface Size {
  readonly memoryBytes: number
  readonly cpus: number
}

/** What an instance gets when compose names no size: Defang's default reservation, 512 MiB. */
export const DEFAULT_MEMORY_BYTES = 512 * MIB
export const DEFAULT_CPUS = 1
/** Below this a server with 100 connections would not start reliably. */
export const LEAST_MEMORY_BYTES = 64 * MIB

/**
 * Postgres settings for a size. Values carry their unit as Postgres writes it.
 *
 * Sources: the PostgreSQL manual (20.4, 20.5, 20.6) for shared_buffers at a quarter and effective_cache_size at three
 * quarters of memory; PGTune's arithmetic for work_mem (what is left, over three parallel uses of each connection) and
 * maintenance_work_mem (a sixteenth, at most 2 GB).
 */
export function sizedSettings(size: Size): Record<string, string> {
  const memoryMib = size.memoryBytes / MIB
  const connections = maxConnections(memoryMib)
  const buffersMib = clamp(memoryMib / 4, 16, 16 * 1024)
  const workKib = ((memoryMib - buffersMib) * 1024) / (connections * 3)
  const parallel = Math.max(1, Math.floor(size.cpus))
  return {
    max_connections: String(connections),
    shared_buffers: mib(buffersMib),
    effective_cache_size: mib((memoryMib * 3) / 4),
    work_mem: `${Math.floor(clamp(workKib, 1024, 1024 * 1024))}kB`,
    maintenance_work_mem: mib(clamp(memoryMib / 16, 16, 2048)),
    wal_buffers: mib(clamp(buffersMib / 32, 1, 16)),
    max_worker_processes: String(Math.max(8, parallel)),
    max_parallel_workers: String(Math.max(2, parallel)),
    max_parallel_workers_per_gather: String(clamp(Math.floor(parallel / 2), 1, 4)),
    min_wal_size: mib(clamp(memoryMib / 8, 80, 1024)),
    max_wal_size: mib(clamp(memoryMib, 512, 8192)),
  }
}

/** One connection for each 4 MiB, from 50 to 500: an application's pool fits, and so does its memory. */
function maxConnections(memoryMib: number): number {
  return Math.floor(clamp(memoryMib / 4, 50, 500))
}

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value))

const mib = (value: number): string => `${Math.floor(value)}MB`
