import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { LabFile } from './lab-file.ts'
import { neededInit } from './processes.ts'

/** A host's disks, by where a program in it meets them. */
const disks = { data: 'var/lib/howdah', system: 'run/howdah-lab/system/upper' } as const
export type Disk = keyof typeof disks
const BALLAST = '.howdah-lab-ballast'
const SMALLEST_BYTES = 4096

/** Fills a host's disk until so many bytes are left. Gives what is free afterwards. */
export function fill(lab: LabFile, host: string, leaveBytes: number, disk: Disk = 'data'): number {
  const place = placeOf(lab, host, disk)
  const ballast = join(place, BALLAST)
  mkdirSync(ballast, { recursive: true, mode: 0o700 })
  let sizeBytes = freeBytes(place) - leaveBytes
  for (let n = 0; sizeBytes >= SMALLEST_BYTES; n++) {
    const file = join(ballast, `${freeBytes(place)}-${n}`)
    try {
      execFileSync('fallocate', ['-l', String(sizeBytes), file], { stdio: 'ignore' })
      sizeBytes = freeBytes(place) - leaveBytes
    } catch {
      // A file of that size needs blocks for itself too.
      rmSync(file, { force: true })
      sizeBytes = Math.floor(sizeBytes / 2)
    }
  }
  return freeBytes(place)
}

/** As it was before it was filled. Gives what is free afterwards. */
export function empty(lab: LabFile, host: string, disk: Disk = 'data'): number {
  const place = placeOf(lab, host, disk)
  rmSync(join(place, BALLAST), { recursive: true, force: true })
  return freeBytes(place)
}

/** What is free on a host's disk. */
export const freeOf = (lab: LabFile, host: string, disk: Disk = 'data'): number =>
  freeBytes(placeOf(lab, host, disk))

const placeOf = (lab: LabFile, host: string, disk: Disk): string =>
  `/proc/${neededInit(lab, host)}/root/${disks[disk]}`

function freeBytes(place: string): number {
  const { bavail, bsize } = statfsSync(place)
  return bavail * bsize
}
