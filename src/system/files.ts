import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import { errnoOf, fileError, withFileErrors } from './file-errors.ts'

export { removeTree } from './remove-tree.ts'

/** Who a file or folder is to belong to; without one it belongs to us. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

interface Placement {
  /** Permission bits, whatever the umask: `0o600`. */
  readonly mode: number
  readonly owner?: Owner | undefined
}

/**
 * Replaces the file at `path` by `data`: a reader, and the disk after a power cut, have either the old or the new content.
 * The folder must exist. Throws DISK_FULL or HOME_UNUSABLE, and then the old content is still there.
 */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array,
  { mode, owner }: Placement,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  await withFileErrors(path, async () => {
    try {
      // `wx` never follows a link that the folder's owner could have planted.
      await using file = await open(temporary, 'wx', 0o600)
      await file.writeFile(data)
      if (owner) await file.chown(owner.uid, owner.gid)
      await file.chmod(mode)
      await file.sync()
      await rename(temporary, path)
    } catch (error) {
      // Before the removal, which would make a full disk look as if it had room.
      const meaning = fileError(error, path)
      await rm(temporary, { force: true })
      throw meaning
    }
    await syncDirectory(dirname(path))
  })
}

/** Makes the names in a folder durable: the files just created in it, renamed or removed. */
export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
  await directory.sync()
}

/** The file's text (UTF-8), or undefined when there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  return withFileErrors(path, async () => {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  })
}

/**
 * Makes sure that a folder is there with this mode and owner. Missing parents are made too, with mode 0755 and ours.
 * A symbolic link that another account made is refused (HOME_UNUSABLE): as root we would hand over what it points to. So is
 * a folder for `owner` that a third account made, who may have put things into it.
 */
export async function ensureDirectory(path: string, { mode, owner }: Placement): Promise<void> {
  await withFileErrors(path, async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    try {
      await mkdir(path, { mode })
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
    const entry = await lstat(path)
    if (entry.isSymbolicLink() && entry.uid !== process.geteuid?.()) {
      throw new AppError('HOME_UNUSABLE', `cannot use ${path}: it is another account's link`, {
        details: { path, linkOwner: entry.uid },
      })
    }
    const noFollow = entry.isSymbolicLink() ? 0 : constants.O_NOFOLLOW
    await using directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | noFollow)
    const is = await directory.stat()
    if (owner && is.uid !== owner.uid && is.uid !== process.geteuid?.()) {
      throw new AppError('HOME_UNUSABLE', `cannot use ${path}: it belongs to another account`, {
        details: { path, owner: is.uid },
      })
    }
    if (owner && (is.uid !== owner.uid || is.gid !== owner.gid)) {
      await directory.chown(owner.uid, owner.gid)
    }
    if ((is.mode & 0o7777) !== mode) await directory.chmod(mode)
  })
}

/** Bytes of all regular files under `path`; 0 when nothing is there. Files that vanish meanwhile do not count. */
export async function sizeOfTree(path: string): Promise<number> {
  return withFileErrors(path, () => sizeUnder(path))
}

async function sizeUnder(path: string): Promise<number> {
  try {
    const entry = await lstat(path)
    if (!entry.isDirectory()) return entry.isFile() ? entry.size : 0
    let bytes = 0
    for (const name of await readdir(path)) bytes += await sizeUnder(join(path, name))
    return bytes
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

/** Whether there is anything at `path`; a link counts as what it points to. */
export async function exists(path: string): Promise<boolean> {
  return withFileErrors(path, async () => {
    try {
      await stat(path)
      return true
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false
      throw error
    }
  })
}

/** Renames within one folder, durably: after a power cut the name is the old or the new one. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await withFileErrors(to, () => rename(from, to))
  await syncDirectory(dirname(to))
}

/** The names in a folder, in no order. */
export async function listNames(path: string): Promise<string[]> {
  return withFileErrors(path, () => readdir(path))
}

/** The whole file. Throws HOME_UNUSABLE for one that is not there or not ours to read. */
export async function readBytes(path: string): Promise<Buffer> {
  return withFileErrors(path, () => readFile(path))
}

/** Removes a folder that has nothing in it; false when it has, or is not there. */
export async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path)
    return true
  } catch (error) {
    const errno = errnoOf(error)
    // EEXIST is what some systems say for ENOTEMPTY (POSIX allows either).
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST' || errno === 'ENOENT') return false
    throw fileError(error, path)
  }
}
