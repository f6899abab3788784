import { mkdir, open, readdir, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { errnoOf, withFileErrors } from './file-errors.ts'

/**
 * Lets every account read what is in our folder and run its programs, and makes all of it durable, so that the folder may be
 * renamed into place. `isProgram` gets a file's path in the folder. Links are left as they are.
 */
export async function openTree(
  directory: string,
  isProgram: (path: string) => boolean,
): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (entry.isSymbolicLink()) continue
    const path = join(entry.parentPath, entry.name)
    await openOne(path, entry.isDirectory() || isProgram(relative(directory, path)))
  }
  await openOne(directory, true)
}

async function openOne(path: string, runs: boolean): Promise<void> {
  await withFileErrors(path, async () => {
    await using file = await open(path, 'r')
    await file.chmod(runs ? 0o755 : 0o644)
    await file.sync()
  })
}

/** Makes a link at `path` to `target`, relative, so that a folder with both can be moved. What is there already stays. */
export async function ensureLink(path: string, target: string): Promise<void> {
  await withFileErrors(path, async () => {
    await mkdir(dirname(path), { recursive: true })
    try {
      await symlink(relative(dirname(path), target), path)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  })
}
