import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { BadPage } from '../../core/pages/page-checksum.ts'
import { PAGE_BYTES } from '../../core/pages/page-checksum.ts'
import { AppError } from '../../errors/app-error.ts'
import { sizeOfTree } from '../../system/files.ts'
import { createPace, READING } from '../../system/pace.ts'
import { readInChunks, regularFiles } from '../../system/regular-files.ts'
import { onThread } from '../../system/thread.ts'
import { readControlData } from '../../system/tools/control-data.ts'
import { type CopiedBetween, damagedPages, pageChecker, unloggedRelations } from './base-pages.ts'
import type { DamagedPage } from './bases.ts'
import type { ManifestFile } from './manifest.ts'

export interface SumUp {
  /** A copied data directory. */
  readonly data: string
  readonly between: CopiedBetween
}

export interface SummedUp {
  readonly files: readonly ManifestFile[]
  readonly damaged: readonly DamagedPage[]
}

/** Notes come each so many bytes. */
const noteBytes = 32 * 1024 * 1024

/**
 * Reads every file of a copied data directory but its WAL, for the sums of its manifest, and checks the checksum of every page on the way.
 * Notes tell the bytes that were read so far. Throws AbortError, HOME_UNUSABLE.
 */
export const sumUp = onThread(
  import.meta.url,
  async (
    { data, between }: SumUp,
    { signal, note }: { signal: AbortSignal; note: (bytes: number) => void },
  ): Promise<SummedUp> => {
    const paths = await baseFiles(data)
    const unlogged = (await hasPageSums(data)) ? unloggedRelations(paths) : undefined
    const files: ManifestFile[] = []
    const damaged: DamagedPage[] = []
    let readBytes = 0
    const pace = createPace({ totalBytes: await sizeOfTree(data), rates: READING, signal })
    for (const path of paths) {
      const check = unlogged && pageChecker(path, unlogged)
      const sum = createHash('sha256')
      const bad: BadPage[] = []
      const read = await readInChunks(
        join(data, path),
        async (chunk, offset) => {
          sum.update(chunk)
          if (check) bad.push(...check(chunk, offset))
          const before = readBytes
          readBytes += chunk.length
          if (Math.floor(before / noteBytes) < Math.floor(readBytes / noteBytes)) note(readBytes)
          await pace(chunk.length)
        },
        signal,
      )
      if (!read) throw new AppError('BACKUP_FAILED', `${path} went out of the copy again`)
      files.push({ path, ...read, sha256: sum.digest('hex') })
      damaged.push(...(await damagedPages(path, bad, between)))
    }
    return { files, damaged }
  },
)

/** The files that a manifest lists, in order: WAL has sums of its own. */
export const baseFiles = (data: string): Promise<string[]> =>
  regularFiles(data, (folder) => folder !== 'pg_wal')

/** Whether pages have checksums, in pages and files of the size that all who package Postgres choose. */
async function hasPageSums(data: string): Promise<boolean> {
  const { checksums, blockBytes, fileBlocks } = await readControlData(data)
  return checksums && blockBytes === PAGE_BYTES && fileBlocks * blockBytes === 2 ** 30
}
