import { join } from 'node:path'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import { AppError } from '../../errors/app-error.ts'
import { readPart } from '../../system/regular-files.ts'
import { onThread } from '../../system/thread.ts'
import type { Damage } from '../backup-engine.ts'
import type { DamagedPage } from './bases.ts'
import { compareFiles, missing } from './compare-base.ts'
import { baseFolder, type LineageFolder, placeInWal } from './lineage-folder.ts'
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
    ...(await compareFiles(work, tools)),
    ...(await verifyWal(work, tools)),
  ],
)

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
