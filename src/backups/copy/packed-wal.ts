import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { AppError } from '../../errors/app-error.ts'
import { exists, readBytes } from '../../system/files.ts'

/** The largest segment that initdb makes; what claims to hold more is none, and may not take our memory. */
const LARGEST = 2 ** 30
/** WAL of 16 MiB takes 30 ms at this level; at 5 twice as long, for a few percent. */
const level = 3

/** Packs WAL as a zstd frame that has the checksum and the length of its content. For threads: it waits. */
export function packWal(content: Uint8Array): Buffer {
  return zstdCompressSync(content, {
    pledgedSrcSize: content.length,
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: 1,
      [constants.ZSTD_c_contentSizeFlag]: 1,
    },
  })
}

/** The content of a packed file. Throws BACKUP_DAMAGED when it is not as it was packed. For threads: it waits. */
export async function unpackWal(path: string): Promise<Buffer> {
  const packed = await readBytes(path)
  try {
    return zstdDecompressSync(packed, { maxOutputLength: LARGEST })
  } catch (error) {
    throw new AppError('BACKUP_DAMAGED', `${path} is not as it was written`, { cause: error })
  }
}

/** The same; undefined when it is not there, or not as it was packed. */
export async function unpackIfWhole(path: string): Promise<Buffer | undefined> {
  if (!(await exists(path))) return undefined
  try {
    return await unpackWal(path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'BACKUP_DAMAGED') return undefined
    throw error
  }
}
