import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { errnoOf, fileError } from './file-errors.ts'

/** What a processor keeps near it: a file that is read in pieces of a MiB is summed up a quarter slower. */
const pieceBytes = 128 * 1024
/** So much is summed up in 10 ms; then others on the thread have their turn. */
const turnBytes = 16 * 1024 * 1024

/**
 * The size and the SHA-256 (64 hexadecimal digits) of a regular file; undefined when there is none. Follows no link. For threads: it waits for
 * the disk. Throws HOME_UNUSABLE, AbortError.
 */
export async function sumFile(
  path: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{ sizeBytes: number; sha256: string } | undefined> {
  const file = openRegular(path)
  if (file === undefined) return undefined
  try {
    const piece = Buffer.allocUnsafe(pieceBytes)
    const sum = createHash('sha256')
    let sizeBytes = 0
    let untoldBytes = 0
    for (;;) {
      const bytes = readSync(file, piece, 0, piece.length, null)
      sum.update(piece.subarray(0, bytes))
      sizeBytes += bytes
      untoldBytes += bytes
      if (bytes > 0 && untoldBytes < turnBytes) continue
      onBytes(untoldBytes)
      untoldBytes = 0
      signal.throwIfAborted()
      if (bytes === 0) return { sizeBytes, sha256: sum.digest('hex') }
      await turn()
    }
  } catch (error) {
    throw fileError(error, path)
  } finally {
    closeSync(file)
  }
}

/** Follows no link at the last name and waits for no pipe: the folder may be another account's. */
function openRegular(path: string): number | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if (fstatSync(file).isFile()) return file
    closeSync(file)
    return undefined
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) return undefined
    throw fileError(error, path)
  }
}
