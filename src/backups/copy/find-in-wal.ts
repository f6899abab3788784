import { commitsAround } from '../../core/wal/commits-around.ts'
import { findTransaction } from '../../core/wal/find-transaction.ts'
import { microsOf } from '../../core/wal/postgres-time.ts'
import { readSegment } from '../../core/wal/read-segment.ts'
import type { SegmentTail } from '../../core/wal/record-assembly.ts'
import { nextSegment } from '../../core/wal/segment-name.ts'
import { onThread } from '../../system/thread.ts'
import type { Found, Sought } from '../backup-engine.ts'
import { byWalOrder } from './incoming.ts'
import { type LineageFolder, placeInWal } from './lineage-folder.ts'
import { unpackWal } from './packed-wal.ts'
import type { IndexLine } from './wal-index.ts'

export interface FindInWal {
  readonly folder: LineageFolder
  readonly segmentBytes: number
  readonly lines: readonly IndexLine[]
  readonly sought: Sought
}

/** Finds a target in an archive: by what the index says of each segment, and then in the segment itself. */
export const findInWal = onThread(import.meta.url, (work: FindInWal): Promise<Found> => {
  const lines = work.lines.toSorted((a, b) => byWalOrder(a.segment, b.segment))
  const inOrder = { ...work, lines }
  switch (work.sought.kind) {
    case 'name':
      return Promise.resolve(findName(lines, work.sought.name))
    case 'time':
      return findTime(inOrder, work.sought.at)
    case 'xid':
      return findXid(inOrder, work.sought.xid)
  }
})

/** The newest of that name. */
function findName(lines: readonly IndexLine[], name: string): Found {
  const point = lines.flatMap(({ facts }) => facts.restorePoints).findLast((p) => p.name === name)
  return point ? { present: true, at: point.at, lsn: point.lsn } : { present: false }
}

/** `at` and `lsn` are those of the last commit that comes back. */
async function findTime(work: FindInWal, at: string): Promise<Found> {
  const target = microsOf(at)
  const isLater = ({ facts }: IndexLine): boolean =>
    facts.lastCommitAt !== undefined && microsOf(facts.lastCommitAt) > target
  const index = work.lines.findIndex(isLater)
  const before = work.lines.slice(0, index < 0 ? undefined : index)
  const last = before.findLast(({ facts }) => facts.lastCommitAt !== undefined)?.facts
  if (index < 0) {
    return last?.lastCommitAt === undefined
      ? { present: false }
      : { present: false, lastCommitAt: last.lastCommitAt }
  }
  const line = work.lines[index]
  const tail = line && (await tailBefore(work, line))
  const around = line && commitsAround(await contentOf(work, line), at, tail)
  const lastAt = around?.before?.at ?? last?.lastCommitAt
  const lastLsn = around?.before?.lsn ?? last?.lastCommitLsn
  return {
    present: true,
    ...(lastAt === undefined ? {} : { at: lastAt }),
    ...(lastLsn === undefined ? {} : { lsn: lastLsn }),
  }
}

/** Newest first: numbers come again after four thousand million. */
async function findXid(work: FindInWal, xid: string): Promise<Found> {
  const sought = Number(BigInt(xid) & 0xffff_ffffn)
  for (const line of work.lines.toReversed()) {
    const { xids } = line
    if (!xids || sought < xids.least || sought > xids.most) continue
    const tail = await tailBefore(work, line)
    const { found } = findTransaction(await contentOf(work, line), xid, tail)
    if (found) return { present: true, at: found.at, lsn: found.lsn }
  }
  return { present: false }
}

const contentOf = ({ folder }: FindInWal, { segment }: IndexLine): Promise<Buffer> =>
  unpackWal(placeInWal(folder, segment).path)

/** What the segment before left open, when this one begins inside a record. */
async function tailBefore(work: FindInWal, line: IndexLine): Promise<SegmentTail | undefined> {
  const { lines, segmentBytes } = work
  const before = lines[lines.indexOf(line) - 1]
  const isNext =
    before && nextSegment(before.segment, segmentBytes).slice(8) === line.segment.slice(8)
  if (!isNext) return undefined
  const options = { crc: false, name: before.segment }
  return readSegment(await contentOf(work, before), options).tail
}
