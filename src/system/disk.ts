import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'

/** The room of one file system. `freeBytes` is what an ordinary account may still write. */
export interface FileSystemSpace {
  readonly freeBytes: number
  readonly totalBytes: number
}

/** The room of the file system that holds `path`, or that would hold it: a path that does not exist yet counts as its nearest parent. */
export function fileSystemSpace(path: string): FileSystemSpace {
  for (let place = path; ; place = dirname(place)) {
    try {
      const { bavail, blocks, bsize } = statfsSync(place)
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!missing || dirname(place) === place) throw error
    }
  }
}

/** Bytes that may still be written where `path` is, or would be. */
export function freeBytes(path: string): number {
  return fileSystemSpace(path).freeBytes
}
