import { join } from 'node:path'
import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { segmentName } from '../../core/wal/segment-name.ts'
import { namesIn } from '../../system/entries.ts'
import { removeTree } from '../../system/files.ts'
import { fileMark } from '../../system/regular-files.ts'
import { asidesIn } from './asides.ts'
import type { Inventory } from './inventory.ts'
import { lineageFolder, type LineageFolder } from './lineage-folder.ts'
import { writeIndex } from './wal-index.ts'

/**
 * Removes WAL that lies before the start of `oldest`, whatever its timeline, as pg_archivecleanup does. Histories stay. Gives what of it was in
 * the archive.
 */
export async function pruneWal(
  lineage: LineageDocument,
  oldest: Pick<Backup, 'timeline' | 'startLsn'>,
  stock: Inventory,
): Promise<{ segments: number; bytes: number }> {
  const folder = lineageFolder(lineage)
  const first = segmentName(oldest.timeline, lsnOf(oldest.startLsn), lineage.walSegmentBytes)
  // The place without the timeline: 16 digits.
  const isOlder = (name: string): boolean => name.slice(8, 24) < first.slice(8)
  const indexed = [...stock.lines, ...stock.gone]
  // The index first: what it names and is not there counts as lost.
  if (indexed.some(({ segment }) => isOlder(segment))) {
    await writeIndex(
      folder.index,
      indexed.filter(({ segment }) => !isOlder(segment)),
    )
  }
  const removed = { segments: 0, bytes: 0 }
  for (const path of await olderFiles(folder, isOlder)) {
    const mark = await fileMark(path)
    await removeTree(path)
    removed.segments += path.endsWith('.zst') ? 1 : 0
    removed.bytes += mark?.sizeBytes ?? 0
  }
  for (const { name, path } of [
    ...(await asidesIn(folder.different)),
    ...(await asidesIn(folder.damaged)),
  ]) {
    if (isOlder(name)) await removeTree(path)
  }
  return removed
}

/** Oldest first, so that what stays after a death has no hole. */
async function olderFiles(
  { wal }: LineageFolder,
  isOlder: (name: string) => boolean,
): Promise<string[]> {
  const timelines = (await namesIn(wal)).filter((name) => /^[0-9A-F]{8}$/.test(name))
  const files = await Promise.all(
    timelines.map(async (timeline) =>
      (await namesIn(join(wal, timeline)))
        .filter((name) => /^[0-9A-F]{24}/.test(name) && isOlder(name))
        .map((name) => join(wal, timeline, name)),
    ),
  )
  return files.flat()
}
