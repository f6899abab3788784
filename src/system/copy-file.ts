import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, copyFile, open, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, withFileErrors } from './file-errors.ts'

/** What the kernel answers where it cannot share blocks: another file system, or one without reflinks. */
export const cannotShare: ReadonlySet<string> = new Set([
  'ENOTSUP',
  'EOPNOTSUPP',
  'EXDEV',
  'EINVAL',
  'ENOSYS',
  'ENOTTY',
])

/** Bytes moved per read; larger gains nothing measurable and holds more memory. */
const chunkBytes = 1024 * 1024

/** Whether files inside this folder can be copied without their blocks (XFS, Btrfs, APFS …). Writes and removes two small files. */
export async function canReflink(directory: string): Promise<boolean> {
  const probe = join(directory, `.reflink-${randomBytes(6).toString('hex')}`)
  return withFileErrors(directory, async () => {
    try {
      await writeFile(probe, 'x'.repeat(4096), { flag: 'wx', mode: 0o600 })
      return await reflink(probe, `${probe}.copy`)
    } finally {
      await rm(probe, { force: true })
      await rm(`${probe}.copy`, { force: true })
    }
  })
}

/** Copies one file to a new path by sharing its blocks. False, and nothing left behind, where the file system cannot. */
export async function reflink(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch (error) {
    if (!cannotShare.has(errnoOf(error) ?? '')) throw error
    await rm(to, { force: true })
    return false
  }
}

/**
 * Copies an open file's bytes to a new path, up to where it ends at that moment, and gives their number. Not `fs.copyFile`: when the source
 * shrinks meanwhile, libuv 1.x turns for ever on a thread of its pool, and a live server truncates files.
 */
export async function copyBytes(
  source: FileHandle,
  to: string,
  onChunk: (bytes: number, target: FileHandle) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<number> {
  await using target = await open(to, 'wx', 0o600)
  // A data directory has a thousand small files: a whole chunk for each would cost more than the copying.
  const { size } = await source.stat()
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size + 1))
  let total = 0
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await source.read(buffer, 0, buffer.length, null)
    if (bytesRead === 0) return total
    let written = 0
    while (written < bytesRead) {
      written += (await target.write(buffer, written, bytesRead - written)).bytesWritten
    }
    total += bytesRead
    await onChunk(bytesRead, target)
  }
}
