import { lstat, mkdir } from 'node:fs/promises'
import { AppError } from '../errors/app-error.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'

/**
 * Makes sure that a folder of ours alone (mode 0700) is at `path`, in a folder where others may write too. One that is there
 * and is not just so is never mended but refused (HOME_UNUSABLE): another account could have made it, and be in it.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await withFileErrors(path, async () => {
    try {
      await mkdir(path, { mode: 0o700 })
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
    const entry = await lstat(path)
    const isOurs = entry.uid === process.geteuid?.()
    if (entry.isDirectory() && isOurs && (entry.mode & 0o777) === 0o700) return
    throw new AppError('HOME_UNUSABLE', `cannot use ${path}: it is no folder of ours alone`, {
      details: { path, uid: entry.uid, mode: (entry.mode & 0o777).toString(8) },
      hint: 'Remove it, or set HOWDAH_HOME to a shorter path: then the folder is not needed.',
    })
  })
}
