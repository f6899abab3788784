import { lstat, readdir, rmdir, unlink } from 'node:fs/promises'
import { forEachLimited } from './concurrency.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { holdFolder } from './held-folder.ts'

/** What someone still writes into a folder is removed as often as this before ENOTEMPTY is an error. */
const rounds = 4

/** Enough to keep a disk busy; Node's pool has four threads by itself. */
const filesAtOnce = 8

/**
 * Removes a file or a whole tree; nothing there is no error. Links are removed, not followed, even when a folder becomes
 * a link meanwhile. The folder that `path` is in must be ours.
 */
export async function removeTree(path: string): Promise<void> {
  await withFileErrors(path, () => remove(path))
}

async function remove(path: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      const entry = await lstat(path)
      if (!entry.isDirectory()) return await unlink(path)
      await empty(path)
      return await rmdir(path)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'ENOENT') return
      // Filled or swapped between two calls. EEXIST is what some systems say for ENOTEMPTY.
      const again = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(errno ?? '')
      if (!again || round === rounds) throw error
    }
  }
}

async function empty(path: string): Promise<void> {
  await using folder = await holdFolder(path)
  const entries = await readdir(folder.at(''), { withFileTypes: true })
  const leaves = entries.filter((entry) => !entry.isDirectory())
  await forEachLimited(leaves, filesAtOnce, ({ name }) => removeLeaf(folder.at(name)))
  // One after the other: each holds a descriptor.
  for (const entry of entries) if (entry.isDirectory()) await remove(folder.at(entry.name))
}

async function removeLeaf(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
