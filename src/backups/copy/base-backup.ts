import { join } from 'node:path'
import { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import { describeRate } from '../../core/describe-rate.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { ErrorCode } from '../../errors/catalog.ts'
import { namesIn } from '../../system/entries.ts'
import {
  ensureDirectory,
  exists,
  removeTree,
  renameDurably,
  syncDirectory,
  writeAtomic,
} from '../../system/files.ts'
import type { BackupAsked } from '../backup-engine.ts'
import { type BaseNote, type DamagedPage, readBaseNote, writeBaseNote } from './bases.ts'
import { type BaseCopy, copyForBase, type CopyingDriver } from './copy-for-base.ts'
import { baseFolder, lineageFolder, type LineageFolder, PART } from './lineage-folder.ts'
import { sumUp } from './make-manifest.ts'
import { writeManifest } from './manifest.ts'

/** Errors that say by themselves what to do; any other means that the backup failed. */
const plain: readonly ErrorCode[] = [
  'DISK_FULL',
  'HOME_UNUSABLE',
  'NOT_SUPPORTED',
  'BACKUP_FAILED',
  'LINEAGE_FORKED',
]

/**
 * Copies a server's data into the lineage. Until all is on the disk, with its sums, it has another name and counts for nothing. What a
 * dead one left goes first; one that is there already is given as it is. `expectOurs` throws for a copy that is of another history than the
 * lineage’s WAL: a restore would put the two together.
 */
export async function takeBase(
  driver: CopyingDriver,
  lineage: LineageDocument,
  asked: BackupAsked,
  watch: Watch,
  expectOurs: (copy: Pick<BaseCopy, 'timeline' | 'startLsn'>) => Promise<void>,
): Promise<Backup> {
  const folder = lineageFolder(lineage)
  const there = await readBaseNote(folder, asked.id)
  if (there) return Backup.parse(there)
  await clearParts(folder)
  await ensureDirectory(folder.bases, { mode: 0o711 })
  const part = baseFolder(folder, `${asked.id}${PART}`)
  try {
    const into = { bases: folder.bases, walSegmentBytes: lineage.walSegmentBytes }
    const copy = await copyForBase(driver, asked, part.data, into, watch)
    await expectOurs(copy)
    const damagedPages = await sumAndCheck(copy, part, watch)
    const note = noteOf(lineage, asked, copy, damagedPages)
    await writeBaseNote(part.note, note)
    watch.signal.throwIfAborted()
    await putInPlace(folder, asked.id)
    return Backup.parse(note)
  } catch (error) {
    await removeTree(part.root).catch(() => {
      // The first error is the one to tell; the next backup removes what is left.
    })
    watch.signal.throwIfAborted()
    throw failureOf(error, asked)
  }
}

/** A lineage has one backup at a time, so these are of dead ones. */
async function clearParts({ bases }: LineageFolder): Promise<void> {
  for (const name of await namesIn(bases)) {
    if (name.endsWith(PART)) await removeTree(join(bases, name))
  }
}

async function sumAndCheck(
  copy: BaseCopy,
  part: ReturnType<typeof baseFolder>,
  { signal, report }: Watch,
): Promise<readonly DamagedPage[]> {
  const { sizeBytes, startLsn, stopLsn, timeline, live } = copy
  const startedMs = performance.now()
  const { files, damaged } = await sumUp(
    { data: part.data, between: { startLsn, stopLsn, live } },
    {
      signal,
      background: true,
      onNote: (bytes) => {
        const rate = describeRate(bytes, performance.now() - startedMs)
        const done = `${describeBytes(bytes)} of ${describeBytes(sizeBytes)} checked`
        report(rate === undefined ? done : `${done}, ${rate}`)
      },
    },
  )
  const text = writeManifest({ files, wal: { timeline, startLsn, stopLsn } })
  await writeAtomic(part.manifest, text, { mode: 0o600 })
  return damaged
}

function noteOf(
  lineage: LineageDocument,
  { id, version, cold, name }: BackupAsked,
  copy: BaseCopy,
  damagedPages: readonly DamagedPage[],
): BaseNote {
  const { startedAt, finishedAt, startLsn, stopLsn, timeline, sizeBytes, reflinked } = copy
  const damage = damageOf(damagedPages)
  return {
    format: 1,
    id,
    lineage: lineage.id,
    engine: 'copy',
    kind: 'full',
    startedAt,
    finishedAt,
    startLsn,
    stopLsn,
    timeline,
    version,
    sizeBytes,
    storedBytes: reflinked ? 0 : sizeBytes,
    cold,
    ...(name === undefined ? {} : { name }),
    ...(damage === undefined ? {} : { damage }),
    damagedPages: [...damagedPages],
  }
}

function damageOf([first, ...more]: readonly DamagedPage[]): string | undefined {
  if (!first) return undefined
  const others = more.length === 0 ? '' : `, and ${more.length} other pages`
  return `block ${first.block} of ${first.path} was damaged in the data that was copied${others}`
}

async function putInPlace(folder: LineageFolder, id: string): Promise<void> {
  const part = baseFolder(folder, `${id}${PART}`).root
  const whole = baseFolder(folder, id).root
  // What stands there without a note is no backup.
  await removeTree(whole)
  await syncDirectory(part)
  await renameDurably(part, whole)
}

/** Removes one base; what a death leaves of it counts for nothing, and goes with the next backup. */
export async function removeBase(folder: LineageFolder, id: string): Promise<void> {
  const part = baseFolder(folder, `${id}${PART}`).root
  const whole = baseFolder(folder, id).root
  await removeTree(part)
  if (await exists(whole)) await renameDurably(whole, part)
  await removeTree(part)
}

function failureOf(error: unknown, { id, member }: BackupAsked): AppError {
  const failure = AppError.from(error)
  if (plain.includes(failure.code)) return failure
  const what = `the backup ${id} of ${member.project}/${member.service} failed: ${failure.message}`
  return new AppError('BACKUP_FAILED', what, {
    details: { ...failure.details, reason: failure.code },
    cause: error,
  })
}
