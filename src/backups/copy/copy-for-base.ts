import { join } from 'node:path'
import { describeBytes } from '../../core/describe-bytes.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { nextSegment, segmentName } from '../../core/wal/segment-name.ts'
import type { Driver, Watch } from '../../drivers/driver.ts'
import { namesIn } from '../../system/entries.ts'
import { removeTree, sizeOfTree } from '../../system/files.ts'
import { expectRoomForCopy } from '../../system/room.ts'
import type { BackupAsked } from '../backup-engine.ts'

export type CopyingDriver = Pick<Driver, 'copyRunning' | 'copyStopped'>

/** A copied data directory, and where in the WAL it stands. */
export interface BaseCopy {
  readonly sizeBytes: number
  readonly reflinked: boolean
  readonly timeline: number
  readonly startLsn: string
  readonly stopLsn: string
  readonly startedAt: string
  readonly finishedAt: string
  /** The data directory of the server that ran meanwhile. */
  readonly live: string | undefined
}

/** Copies a server's data to `target`, in a folder of a base in the making. */
export async function copyForBase(
  driver: CopyingDriver,
  { member, cold, scheduled = false, previous }: BackupAsked,
  target: string,
  into: { readonly bases: string; readonly walSegmentBytes: number },
  watch: Watch,
): Promise<BaseCopy> {
  const data = join(member.directory, 'data')
  const totalBytes = (await sizeOfTree(data)) - (await sizeOfTree(join(data, 'pg_wal')))
  await expectRoomForCopy(data, into.bases, totalBytes)
  const report = (text: string): void => watch.report(`${text} (of ${describeBytes(totalBytes)})`)
  const copying = { signal: watch.signal, report }
  if (!cold) {
    // Without a base yet, nothing can be restored, and that is worse than a peak.
    const manner = { background: true, spread: scheduled && previous !== undefined }
    const { stoppedAt, ...copy } = await driver.copyRunning(member, target, copying, manner)
    return { ...copy, finishedAt: stoppedAt, live: data }
  }
  const startedAt = new Date().toISOString()
  const { lsn, ...copy } = await driver.copyStopped(member, target, copying)
  await leaveNeededWal(target, segmentName(copy.timeline, lsnOf(lsn), into.walSegmentBytes), into)
  const finishedAt = new Date().toISOString()
  return { ...copy, startLsn: lsn, stopLsn: lsn, startedAt, finishedAt, live: undefined }
}

/**
 * Removes what a restored server does not need of a stopped one's WAL: all but the segment of the last checkpoint, the one that its record may go
 * on in, and histories. Its archiver's notes go too, or the restored server would archive for the old one.
 */
async function leaveNeededWal(
  data: string,
  first: string,
  { walSegmentBytes }: { readonly walSegmentBytes: number },
): Promise<void> {
  const wal = join(data, 'pg_wal')
  const needed = [first, nextSegment(first, walSegmentBytes)]
  const isNote = (name: string): boolean => name === 'archive_status'
  for (const name of await namesIn(wal)) {
    if (isNote(name) || name === 'summaries') continue
    if (!needed.includes(name) && !name.endsWith('.history')) await removeTree(join(wal, name))
  }
  for (const name of await namesIn(join(wal, 'archive_status'))) {
    await removeTree(join(wal, 'archive_status', name))
  }
}
