import { stat } from 'node:fs/promises'
import { AppError } from '../errors/app-error.ts'
import { canReflink } from './copy-file.ts'
import { freeBytes } from './disk.ts'
import { withFileErrors } from './file-errors.ts'

/** What a copy leaves free on a disk that others write to, a running server among them. */
const reserveBytes = 256 * 1024 * 1024

/**
 * Refuses a copy from the folder `source` into the folder `target` that the disk has no room for, before it fills it and stops all who write
 * there. A copy that shares its blocks needs none. Throws DISK_FULL with both numbers, HOME_UNUSABLE.
 */
export async function expectRoomForCopy(
  source: string,
  target: string,
  sizeBytes: number,
): Promise<void> {
  const [from, to] = await withFileErrors(target, () => Promise.all([stat(source), stat(target)]))
  if (from.dev === to.dev && (await canReflink(target))) return
  const free = freeBytes(target)
  if (free >= sizeBytes + reserveBytes) return
  throw new AppError(
    'DISK_FULL',
    `a copy of ${source} needs ${sizeBytes} bytes in ${target}, where ${free} are free and ${reserveBytes} must stay so`,
    { details: { path: target, neededBytes: sizeBytes, freeBytes: free, reserveBytes } },
  )
}
