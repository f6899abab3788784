import { createHash } from 'node:crypto'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { fileMark, readPart } from '../../system/regular-files.ts'

/** A file with a segment: the server's own, or one of the archive with its ending. */
export interface SegmentFile {
  /** 24 hexadecimal digits. */
  readonly name: string
  readonly path: string
  /** Of the content that was archived. */
  readonly sha1: string
}

/** The content of a segment; undefined when it is gone, not as it was archived, or packed as we cannot unpack. For threads: it waits. */
export async function unpackSegment({ path, sha1 }: SegmentFile): Promise<Buffer | undefined> {
  // A server renames its own when it needs them no more.
  const mark = await fileMark(path)
  const packed = mark && (await readPart(path, 0, mark.sizeBytes))
  const bytes = packed && unpacked(packed, path)
  return bytes && createHash('sha1').update(bytes).digest('hex') === sha1 ? bytes : undefined
}

function unpacked(bytes: Buffer, path: string): Buffer | undefined {
  try {
    if (path.endsWith('.zst')) return zstdDecompressSync(bytes)
    if (path.endsWith('.gz')) return gunzipSync(bytes)
  } catch {
    // Damaged; the sum of what is there instead would not fit either.
    return undefined
  }
  // lz4 and bzip2, which somebody else chose, are not in Node; their bytes have another sum.
  return bytes
}
