import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, fileError } from './file-errors.ts'

/** The names in a folder, sorted; none when there is no such folder. Throws HOME_UNUSABLE when it is closed to us. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).toSorted()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw fileError(error, directory)
  }
}

/** The names of the programs in a folder: files that somebody may execute. */
export async function programsIn(directory: string): Promise<string[]> {
  const names = await namesIn(directory)
  const runnable = await Promise.all(
    names.map(async (name) => {
      // A link that leads nowhere is no program.
      const entry = await statIfThere(join(directory, name))
      return entry?.isFile() === true && (entry.mode & 0o111) !== 0
    }),
  )
  return names.filter((_, index) => runnable[index])
}

/** Whether there is a file, or a link to one. What is closed to us counts as absent. */
export async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile() === true
}

/** Whether there is a file that we may execute. */
export async function isRunnable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return await isFile(path)
  } catch {
    // Absent, closed or not ours to run: the answer is the same.
    return false
  }
}

/** Text that changes when a file's content, or the names in a folder, change: size, time of change and mode. `absent` when it cannot be seen. */
export async function changeMark(path: string): Promise<string> {
  const entry = await statIfThere(path)
  return entry ? `${entry.size} ${entry.mtimeMs} ${entry.mode.toString(8)}` : 'absent'
}

async function statIfThere(path: string) {
  try {
    return await stat(path)
  } catch {
    // Absent or closed to us; who asks treats both as "not here".
    return undefined
  }
}
