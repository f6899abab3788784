import type { Stats } from 'node:fs'
import {
  chmod,
  lchown,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  symlink,
  utimes,
} from 'node:fs/promises'
import { join } from 'node:path'
import { copyBytes, reflink } from './copy-file.ts'
import { forEachLimited } from './concurrency.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { syncDirectory } from './files.ts'

export interface CloneOptions {
  /** True for what is to be left out, a folder with all in it; gets the path relative to the tree: `base/5/PG_VERSION`. */
  readonly exclude?: (relativePath: string) => boolean
  /** A server writes there meanwhile: files may vanish, grow and shrink. Without it, a file that vanishes is an error. */
  readonly live?: boolean
  /** False leaves the copy to the kernel's own time; otherwise all of it is on the disk when this is done. */
  readonly sync?: boolean
  readonly onProgress?: (progress: { readonly bytesDone: number; readonly files: number }) => void
  readonly signal?: AbortSignal | undefined
}

export interface Cloned {
  /** Bytes in the copied files, shared or not. */
  readonly bytes: number
  readonly files: number
  /** Whether every file shares its blocks with the original; false for a copy of no files. */
  readonly reflinked: boolean
}

interface Entry {
  readonly path: string
  readonly stats: Stats
}

/** Enough to keep a disk busy; Node's pool has four threads by itself. */
const filesAtOnce = 8

/**
 * Copies the tree at `source` to `target`, which must not exist: folders, files and symbolic links, with their modes and times, and as root
 * their owners. Sockets, pipes and devices are left out. Blocks are shared where the file system can. Throws DISK_FULL,
 * HOME_UNUSABLE, or AbortError; then what was copied so far is left to the caller to remove.
 */
export async function cloneTree(
  source: string,
  target: string,
  options: CloneOptions = {},
): Promise<Cloned> {
  const { signal, live = false } = options
  const tree = await withFileErrors(source, () => walk(source, options))
  return withFileErrors(target, async () => {
    const folders = tree.filter(({ stats }) => stats.isDirectory())
    for (const { path } of folders) await mkdir(join(target, path), { mode: 0o700 })

    let bytes = 0
    const copied: Entry[] = []
    let share = true
    const count = (more: number) => {
      bytes += more
      options.onProgress?.({ bytesDone: bytes, files: copied.length })
    }
    const copyOne = async ({ path, stats }: Entry): Promise<void> => {
      const [from, to] = [join(source, path), join(target, path)]
      if (stats.isSymbolicLink()) {
        await symlink(await readlink(from), to)
        if (isRoot) await lchown(to, stats.uid, stats.gid)
        return
      }
      if (share && (await reflink(from, to))) {
        count((await lstat(to)).size)
      } else {
        share = false
        await copyBytes(from, to, count, signal)
      }
      await dress(to, stats)
      copied.push({ path, stats })
    }
    const leaves = tree.filter(({ stats }) => stats.isFile() || stats.isSymbolicLink())
    await forEachLimited(leaves, filesAtOnce, async (entry) => {
      signal?.throwIfAborted()
      try {
        await copyOne(entry)
      } catch (error) {
        if (!live || !(await hasVanished(error, join(source, entry.path)))) throw error
      }
    })
    if (options.sync !== false) {
      await forEachLimited(copied, filesAtOnce, ({ path }) => syncFile(join(target, path), signal))
    }
    // Inner folders first: dressing or filling one changes the time of its parent.
    for (const { path, stats } of folders.toReversed()) {
      if (options.sync !== false) await syncDirectory(join(target, path))
      await dress(join(target, path), stats)
    }
    count(0)
    return { bytes, files: copied.length, reflinked: share && copied.length > 0 }
  })
}

const isRoot = process.geteuid?.() === 0

/** The tree's own folder first, and every folder before what is in it. */
async function walk(root: string, { exclude, live, signal }: CloneOptions): Promise<Entry[]> {
  const found: Entry[] = []
  const visit = async (path: string): Promise<void> => {
    signal?.throwIfAborted()
    const stats = await lstat(join(root, path))
    found.push({ path, stats })
    if (!stats.isDirectory()) return
    for (const name of await readdir(join(root, path))) {
      const inner = join(path, name)
      if (exclude?.(inner)) continue
      try {
        await visit(inner)
      } catch (error) {
        if (!live || errnoOf(error) !== 'ENOENT') throw error
      }
    }
  }
  await visit('')
  return found
}

async function dress(path: string, stats: Stats): Promise<void> {
  if (isRoot) await lchown(path, stats.uid, stats.gid)
  await chmod(path, stats.mode & 0o7777)
  await utimes(path, stats.atime, stats.mtime)
}

async function hasVanished(error: unknown, path: string): Promise<boolean> {
  if (errnoOf(error) !== 'ENOENT') return false
  try {
    await lstat(path)
    return false
  } catch (again) {
    return errnoOf(again) === 'ENOENT'
  }
}

async function syncFile(path: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await using file = await open(path, 'r')
  await file.sync()
}
