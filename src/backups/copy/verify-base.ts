import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { checkPages, PAGE_BYTES } from '../../core/pages/page-checksum.ts'
import { firstBlockOf } from '../../core/pages/page-file.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import { AppError } from '../../errors/app-error.ts'
import { readText } from '../../system/files.ts'
import { readInChunks, readPart } from '../../system/regular-files.ts'
import { onThread } from '../../system/thread.ts'
import type { Damage } from '../backup-engine.ts'
import type { DamagedPage } from './bases.ts'
import { baseFolder, type LineageFolder, placeInWal } from './lineage-folder.ts'
import { baseFiles } from './make-manifest.ts'
import { type Manifest, readManifest } from './manifest.ts'
import { unpackWal } from './packed-wal.ts'
import type { WalOfBackup } from './wal-of-backup.ts'

export interface VerifyBase {
  readonly folder: LineageFolder
  readonly id: string
  readonly damagedPages: readonly DamagedPage[]
  readonly wal: readonly WalOfBackup[]
  readonly segmentBytes: number
}

interface Tools {
  readonly signal: AbortSignal
  /** Bytes that were read and found right. */
  readonly note: (bytes: number) => void
}

/** Reads all of a base and of the WAL that a recovery from it needs; gives what is not as it was written. */
export const verifyBase = onThread(
  import.meta.url,
  async (work: VerifyBase, tools: Tools): Promise<Damage[]> => [
    ...work.damagedPages.map(({ path, block }) => ({
      where: path,
      kind: 'page' as const,
      sentence: `block ${block} of ${path} was damaged already when the backup was taken`,
    })),
    ...(await verifyFiles(work, tools)),
    ...(await verifyWal(work, tools)),
  ],
)

async function verifyFiles({ folder, id }: VerifyBase, tools: Tools): Promise<Damage[]> {
  const base = baseFolder(folder, id)
  const manifest = await manifestOf(base.manifest)
  if ('sentence' in manifest) return [manifest]
  const damages: Damage[] = []
  for (const file of manifest.files) {
    const sum = createHash('sha256')
    const read = await readInChunks(
      join(base.data, file.path),
      (chunk) => {
        sum.update(chunk)
        tools.note(chunk.length)
      },
      tools.signal,
    )
    const { path: where, sizeBytes, sha256 } = file
    if (!read) damages.push(missing(where))
    else if (read.sizeBytes !== sizeBytes) {
      const sentence = `${where} has ${read.sizeBytes} bytes and had ${sizeBytes}`
      damages.push({ where, kind: 'changed', sentence })
    } else if (sum.digest('hex') !== sha256) {
      const block = await firstBadBlock(base.data, where, tools.signal)
      const place = block === undefined ? where : `block ${block} of ${where}`
      damages.push({ where, kind: 'changed', sentence: `${place} is not as it was copied` })
    }
  }
  const listed = new Set(manifest.files.map(({ path }) => path))
  const added = (await baseFiles(base.data)).filter((path) => !listed.has(path))
  return [
    ...damages,
    ...added.map((where) => ({
      where,
      kind: 'changed' as const,
      sentence: `${where} is no part of the backup and stands in it`,
    })),
  ]
}

/** In a file that changed: the first page that does not fit its checksum; undefined for a file without pages. */
async function firstBadBlock(
  data: string,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const firstBlock = firstBlockOf(path)
  if (firstBlock === undefined) return undefined
  let found: number | undefined
  const look = (chunk: Buffer, offset: number): void => {
    found ??= checkPages(chunk, firstBlock + offset / PAGE_BYTES)[0]?.block
  }
  await readInChunks(join(data, path), look, signal)
  return found
}

async function manifestOf(path: string): Promise<Manifest | Damage> {
  const where = 'backup_manifest'
  const text = await readText(path)
  if (text === undefined) return missing(where)
  try {
    return readManifest(text)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'BACKUP_DAMAGED') throw error
    return { where, kind: 'changed', sentence: error.message }
  }
}

async function verifyWal(work: VerifyBase, { signal, note }: Tools): Promise<Damage[]> {
  const damages: Damage[] = []
  let previousTail: SegmentTail | undefined
  for (const { name, present } of work.wal) {
    signal.throwIfAborted()
    const content = await contentOf(work, name, present)
    if (content instanceof AppError) {
      damages.push({ where: name, kind: 'changed', sentence: `${name} is not as it was packed` })
    } else if (!content) damages.push(missing(name))
    const read =
      content instanceof Buffer ? readSegment(content, { crc: true, name, previousTail }) : {}
    if (read.problem !== undefined) {
      damages.push({ where: name, kind: 'changed', sentence: `${name}: ${read.problem}` })
    }
    previousTail = read.tail
    note(work.segmentBytes)
  }
  return damages
}

/** A segment from the archive, or else from the backup's own WAL; BACKUP_DAMAGED when it cannot be unpacked. */
async function contentOf(
  { folder, id, segmentBytes }: VerifyBase,
  name: string,
  present: boolean,
): Promise<Buffer | AppError | undefined> {
  if (!present) {
    return readPart(join(baseFolder(folder, id).data, 'pg_wal', name), 0, segmentBytes)
  }
  try {
    return await unpackWal(placeInWal(folder, name).path)
  } catch (error) {
    if (error instanceof AppError && error.code === 'BACKUP_DAMAGED') return error
    throw error
  }
}

const missing = (where: string): Damage => ({
  where,
  kind: 'missing',
  sentence: `${where} is not there`,
})
