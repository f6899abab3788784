import type { Archive } from '../../contract/backup.ts'
import type { Lineage } from '../../contract/lineage.ts'
import { formatLsn } from '../../core/wal/lsn.ts'
import { segmentPlace } from '../../core/wal/segment-name.ts'
import type { WaitingFile } from '../../system/tools/archive-status.ts'
import type { Inventory } from './inventory.ts'
import type { IndexLine } from './wal-index.ts'

/** Puts what was seen of a lineage's archive into the words of the contract. */
export function archiveReport(seen: {
  readonly lineage: Pick<Lineage, 'id' | 'walSegmentBytes'>
  readonly now: Date
  readonly stock: Inventory
  readonly waiting: readonly WaitingFile[]
  readonly problems: Archive['problems']
  readonly complete: string | undefined
}): Archive {
  const { lineage, now, stock, waiting, problems, complete } = seen
  const { lines, ranges, storedBytes, lastCommitAt, last } = stock
  const [oldest] = waiting
  return {
    lineage: lineage.id,
    ranges: [...ranges],
    segments: lines.length,
    storedBytes,
    ...(lastCommitAt === undefined ? {} : { lastCommitAt }),
    ...(complete === undefined ? {} : { completeUntil: complete }),
    ...(last ? { endLsn: endOf(last, lineage.walSegmentBytes) } : {}),
    backlog: {
      segments: waiting.length,
      bytes: waiting.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      ...(oldest ? { oldest: oldest.name, oldestAt: oldest.since.toISOString() } : {}),
    },
    problems,
    checkedAt: now.toISOString(),
  }
}

/** Of one that its server did not finish: where the next record would begin. */
const endOf = ({ segment, facts }: IndexLine, segmentBytes: number): string =>
  facts.complete || facts.endLsn === undefined
    ? formatLsn(segmentPlace(segment, segmentBytes).startLsn + BigInt(segmentBytes))
    : facts.endLsn
