import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, withFileErrors } from './file-errors.ts'

export interface RegularFile {
  /** From the folder that was asked for, with `/`: `base/5/16384`. */
  readonly path: string
  readonly sizeBytes: number
  readonly modifiedAt: Date
}

/** The paths of all regular files under a folder, in their order; links are not followed and not named. `enter` says of a folder whether to look into it. */
export async function regularFiles(
  directory: string,
  enter: (path: string) => boolean = () => true,
): Promise<string[]> {
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    const entries = await withFileErrors(directory, () =>
      readdir(join(directory, folder), { withFileTypes: true }),
    )
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && enter(path)) await look(path)
      else if (entry.isFile()) found.push(path)
    }
  }
  await look('')
  return found
}

/** What tells one content of a path from another without reading it. */
export interface FileMark {
  readonly inode: number
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Of the file or folder itself, not of what a link leads to; undefined when there is nothing. */
export async function fileMark(path: string): Promise<FileMark | undefined> {
  return withFileErrors(path, async () => {
    try {
      const { ino, size, mtimeMs } = await lstat(path)
      return { inode: ino, sizeBytes: size, modifiedMs: mtimeMs }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  })
}

/** Bytes per read: larger ones gain nothing measurable. */
const chunkBytes = 1024 * 1024

/**
 * Reads a file from its beginning and gives each MiB of it, the last one shorter, with where it begins; the bytes are good until the
 * next one comes. Undefined when there is no such file; what took the place of a regular file counts as none. Throws HOME_UNUSABLE, AbortError.
 */
export async function readInChunks(
  path: string,
  take: (chunk: Buffer, offset: number) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<Pick<RegularFile, 'sizeBytes' | 'modifiedAt'> | undefined> {
  await using file = await openRegular(path)
  const stats = await file?.stat()
  if (!file || !stats) return undefined
  // Most files of a database are small: a whole chunk for each would cost more than the reading.
  const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, stats.size + 1))
  for (let offset = 0; ;) {
    signal?.throwIfAborted()
    const bytes = await fill(file, buffer, offset)
    if (bytes > 0) await take(buffer.subarray(0, bytes), offset)
    offset += bytes
    if (bytes < buffer.length) return { sizeBytes: offset, modifiedAt: stats.mtime }
  }
}

/**
 * Reads up to `sizeBytes` from `offset`; fewer at the file's end. Undefined when there is no such regular file; with `linkedOnce` also when
 * it has another name somewhere, by which it may be somebody else's.
 */
export async function readPart(
  path: string,
  offset: number,
  sizeBytes: number,
  { linkedOnce = false } = {},
): Promise<Buffer | undefined> {
  await using file = await openRegular(path)
  if (!file || (linkedOnce && (await file.stat()).nlink > 1)) return undefined
  const buffer = Buffer.alloc(sizeBytes)
  return buffer.subarray(0, await fill(file, buffer, offset))
}

/** Follows no link at the last name and waits for no pipe: the folder may be another account's. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  return withFileErrors(path, async () => {
    try {
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
      const file = await open(path, flags)
      if ((await file.stat()).isFile()) return file
      await file.close()
      return undefined
    } catch (error) {
      if (['ENOENT', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) return undefined
      throw error
    }
  })
}

/** Fewer bytes than the buffer has only at the file's end. */
async function fill(file: FileHandle, buffer: Buffer, offset: number): Promise<number> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
