import { constants } from 'node:fs'
import {
  chmod,
  type FileHandle,
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
import { AppError } from '../errors/app-error.ts'
import { forEachLimited } from './concurrency.ts'
import { type CopyCrew, createCopyCrew } from './copy-crew.ts'
import { copyBytes, reflink } from './copy-file.ts'
import { errnoOf, withFileErrors } from './file-errors.ts'
import { syncTree } from './sync-tree.ts'
import { sizeOfTree } from './files.ts'
import { type HeldFolder, holdFolder, pathOfOpen } from './held-folder.ts'
import { createPace, type Pace, WRITING } from './pace.ts'

export interface CloneOptions {
  /** True for what is to be left out, a folder with all in it; gets the path relative to the tree: `base/5/PG_VERSION`. */
  readonly exclude?: (relativePath: string) => boolean
  /** A server writes there meanwhile: files may vanish, grow and shrink. Without it, a file that vanishes is an error. */
  readonly live?: boolean
  /** False leaves the copy to the kernel's own time; otherwise all of it is on the disk when this is done. */
  readonly sync?: boolean
  /** One file at a time and bit by bit, so that others get the disk in between. */
  readonly background?: boolean
  /** At which it is done in the background; made for this copy otherwise. */
  readonly pace?: Pace
  /** Threads of the caller's, which may have started before; made for this copy otherwise. */
  readonly crew?: CopyCrew | undefined
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

/** A clone under way. */
interface Cloning extends Omit<CloneOptions, 'crew' | 'pace'> {
  bytes: number
  files: number
  /** Until the file system says that it cannot. */
  share: boolean
  readonly count: (bytes: number) => void
  readonly pace: Pace | undefined
  /** Copies the files, unless it is done in the background. */
  readonly crew: CopyCrew | undefined
}

/** Enough to keep a disk busy; Node's pool has four threads by itself. */
const filesAtOnce = 8

const isRoot = process.geteuid?.() === 0

/**
 * Copies the tree at `source` to `target`, which must not exist: folders, files and symbolic links, with their modes and times, and as root
 * their owners. Sockets, pipes and devices are left out. Blocks are shared where the file system can. Throws DISK_FULL,
 * HOME_UNUSABLE, or AbortError; then what was copied so far is left to the caller to remove.
 *
 * The tree may belong to another account that changes it meanwhile: on Linux a folder or file that is swapped for a link is
 * never read through it. The folder that `source` is in must be ours.
 */
export async function cloneTree(
  source: string,
  target: string,
  options: CloneOptions = {},
): Promise<Cloned> {
  const { background = false, live = false, sync = true, signal } = options
  const count = (more: number): void => {
    cloning.bytes += more
    options.onProgress?.({ bytesDone: cloning.bytes, files: cloning.files })
  }
  await using own =
    background || options.crew ? undefined : createCopyCrew({ live, flush: sync, signal })
  const cloning: Cloning = {
    ...options,
    bytes: 0,
    files: 0,
    share: true,
    pace: background ? (options.pace ?? (await paceFor(source, signal))) : undefined,
    crew: background ? undefined : (options.crew ?? own),
    count,
  }
  await using from = await withFileErrors(source, () => holdFolder(source))
  // Awaited: `from` is held until then.
  return await withFileErrors(target, async () => {
    await using to = await makeFolder(target)
    await copyFolder('', from, to, cloning)
    cloning.count(0)
    if (sync) await syncTree(target, signal)
    const { bytes, files, share } = cloning
    return { bytes, files, reflinked: share && files > 0 }
  })
}

async function paceFor(source: string, signal: AbortSignal | undefined): Promise<Pace> {
  return createPace({ totalBytes: await sizeOfTree(source), rates: WRITING, signal })
}

/** Ours until all is in it, so that no other account can reach in before. */
async function makeFolder(path: string): Promise<HeldFolder> {
  await mkdir(path, { mode: 0o700 })
  const folder = await holdFolder(path)
  if (!isRoot || (await folder.handle.stat()).uid === 0) return folder
  await folder.handle.close()
  throw new AppError('HOME_UNUSABLE', `cannot use ${path}: another account put a folder there`)
}

async function copyFolder(
  path: string,
  from: HeldFolder,
  to: HeldFolder,
  cloning: Cloning,
): Promise<void> {
  const { exclude, signal } = cloning
  const atOnce = cloning.background ? 1 : filesAtOnce
  const stats = await from.handle.stat()
  const entries = await readdir(from.at(''), { withFileTypes: true })
  const wanted = entries.filter(({ name }) => !exclude?.(join(path, name)))
  const folders: string[] = []
  const files: { name: string; sizeBytes: number }[] = []
  await forEachLimited(wanted, atOnce, async (entry) => {
    signal?.throwIfAborted()
    const { name } = entry
    if (entry.isDirectory()) folders.push(name)
    else if (entry.isSymbolicLink()) await copyLink(from, to, name, cloning)
    else if (!entry.isFile()) return
    else if (!cloning.crew) await copyFile(from, to, name, cloning)
    else {
      const stats = await unlessGone(() => lstat(from.at(name)), cloning)
      files.push({ name, sizeBytes: stats?.size ?? 0 })
    }
  })
  await haveCopied(files, from, to, cloning)
  for (const name of folders) {
    signal?.throwIfAborted()
    await using innerFrom = await unlessGone(() => holdFolder(from.at(name)), cloning)
    if (!innerFrom) continue
    await using innerTo = await makeFolder(to.at(name))
    await copyFolder(join(path, name), innerFrom, innerTo, cloning)
  }
  // Last: filling a folder changes its time.
  if (isRoot) await to.handle.chown(stats.uid, stats.gid)
  await to.handle.chmod(stats.mode & 0o7777)
  await to.handle.utimes(stats.atime, stats.mtime)
}

/** The largest first, so that no thread is left with one of them at the end. */
async function haveCopied(
  files: readonly { name: string; sizeBytes: number }[],
  from: HeldFolder,
  to: HeldFolder,
  cloning: Cloning,
): Promise<void> {
  if (!cloning.crew) return
  const names = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes).map(({ name }) => name)
  const copied = await cloning.crew.copy(from.at(''), to.at(''), names, cloning.count)
  cloning.files += copied.files
  if (!copied.shared) cloning.share = false
}

async function copyFile(
  from: HeldFolder,
  to: HeldFolder,
  name: string,
  cloning: Cloning,
): Promise<void> {
  // A pipe that took the file's place must not block us.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  await using file = await unlessGone(() => open(from.at(name), flags), cloning)
  const stats = await file?.stat()
  // There is no such file any more.
  if (!file || !stats?.isFile()) return
  const target = to.at(name)
  if (cloning.share && (await reflink(pathOfOpen(file, from.at(name)), target))) {
    // It has the mode already: each change of a thousand files costs as much as a file.
    cloning.count(stats.size)
    if (isRoot) await lchown(target, stats.uid, stats.gid)
  } else {
    cloning.share = false
    const onChunk = (bytes: number, copy: FileHandle): Promise<void> | undefined => {
      cloning.count(bytes)
      return cloning.pace?.(bytes, copy)
    }
    await copyBytes(file, target, onChunk, cloning.signal)
    if (isRoot) await lchown(target, stats.uid, stats.gid)
    await chmod(target, stats.mode & 0o7777)
  }
  await utimes(target, stats.atime, stats.mtime)
  cloning.files++
}

async function copyLink(
  from: HeldFolder,
  to: HeldFolder,
  name: string,
  cloning: Cloning,
): Promise<void> {
  const stats = await unlessGone(() => lstat(from.at(name)), cloning)
  const leadsTo = await unlessGone(() => readlink(from.at(name)), cloning)
  if (leadsTo === undefined || stats === undefined) return
  await symlink(leadsTo, to.at(name))
  if (isRoot) await lchown(to.at(name), stats.uid, stats.gid)
}

/** What `look` finds in the source; undefined for what vanished out of a live tree. */
async function unlessGone<T>(look: () => Promise<T>, { live }: Cloning): Promise<T | undefined> {
  try {
    return await look()
  } catch (error) {
    if (live && errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
