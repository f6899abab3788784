import { randomUUID } from 'node:crypto'
import { basename, dirname, join, relative } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import { namesIn } from '../system/entries.ts'
import { ensureDirectory, removeTree, writeAtomic } from '../system/files.ts'
import { fileMark } from '../system/regular-files.ts'

/** An `up` that was begun reads its scripts in its first minutes; a day leaves room for one that waits. */
const KEPT_MS = 24 * 60 * 60 * 1000
/** All that may lie here: far more than the scripts of a team's projects. */
const MAX_BYTES = 256 * 1024 * 1024

/** Files that callers from elsewhere have sent: each in a folder of its own, so that names stay as they were. */
export function uploads(folder: string) {
  return {
    async keep(name: string, bytes: Uint8Array): Promise<string> {
      const heldBytes = (await sizeOf(folder)) + bytes.byteLength
      if (heldBytes > MAX_BYTES) {
        throw new AppError(
          'TOO_MUCH_SENT',
          `start scripts of ${MAX_BYTES / 1024 ** 2} MiB may lie on the daemon’s machine, and “${name}” would be more`,
        )
      }
      const own = join(folder, randomUUID())
      await ensureDirectory(folder, { mode: 0o700 })
      await ensureDirectory(own, { mode: 0o700 })
      const path = join(own, basename(name))
      await writeAtomic(path, bytes, { mode: 0o600 })
      return path
    },
    /** Whether a path names a file that was sent. */
    has: (path: string): boolean => /^[0-9a-f-]{36}$/.test(relative(folder, dirname(path))),
    async prune(now: Date): Promise<void> {
      for (const name of await namesIn(folder)) {
        const [file] = await namesIn(join(folder, name))
        const mark = file === undefined ? undefined : await fileMark(join(folder, name, file))
        if (!mark || now.getTime() - mark.modifiedMs > KEPT_MS) await removeTree(join(folder, name))
      }
    },
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const own of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, own))) {
      bytes += (await fileMark(join(folder, own, name)))?.sizeBytes ?? 0
    }
  }
  return bytes
}

export type Uploads = ReturnType<typeof uploads>
