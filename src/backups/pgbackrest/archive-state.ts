import type { Archive, ArchiveProblem } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { ArchiveListing } from '../../core/pgbackrest/archive-listing.ts'
import { formatLsn } from '../../core/wal/lsn.ts'
import { laterOf } from '../../core/wal/postgres-time.ts'
import { walHoles, walRanges } from '../../core/wal/ranges.ts'
import { parseSegmentName, segmentPlace } from '../../core/wal/segment-name.ts'
import type { ArchiveStatus, WaitingFile } from '../../system/tools/archive-status.ts'
import { archiveProblems } from '../copy/archive-problems.ts'
import { isInFork } from '../copy/forked-wal.ts'
import { byWalOrder } from '../copy/incoming.ts'
import type { WalIndex } from '../copy/wal-index.ts'
import type { StoredBackup } from '../../core/pgbackrest/info.ts'

/** What was seen of an archive at one moment. */
export interface ArchiveSeen {
  readonly now: Date
  readonly lineage: LineageDocument
  readonly listing: ArchiveListing
  readonly index: WalIndex
  readonly status: ArchiveStatus
  /** The oldest backup of the first repository: what is before it is needed by nobody. */
  readonly oldest: StoredBackup | undefined
  /** Where the server writes another history than the archive has. */
  readonly forked: readonly { readonly name: string; readonly since: Date }[]
  /** Since when each missing segment was seen to be missing. */
  readonly missingSince: (segment: string) => Date
}

/** What an archive has and lacks. */
export function archiveState(seen: ArchiveSeen) {
  const { now, lineage, listing, index, status, oldest, forked, missingSince } = seen
  const segmentBytes = lineage.walSegmentBytes
  const names = new Set(listing.segments.map(({ name }) => name))
  const has = (name: string): boolean => names.has(name)
  const isNeeded = neededSince(oldest, listing, segmentBytes)
  const ranges = walRanges(
    listing.segments.map(({ name: segment }) => ({ segment, ...index.get(segment)?.facts })),
    segmentBytes,
  )
  const holes = walHoles({ ranges, segmentBytes }).filter(({ last }) => isNeeded(last))
  // What one repository has already may still wait on the server for the other one.
  const waiting = status.waiting.filter(({ name }) => !has(name))
  const forks = forked.map(({ name }) => name)
  const missing = status.archived.filter(
    (name) => isNeeded(name) && !has(name) && !isInFork(name, forks),
  )
  const problems = archiveProblems({
    now,
    holes,
    missing: missing.map((segment) => ({ segment, since: missingSince(segment), was: 'archived' })),
    waiting,
    stuck: [],
    different: listing.different.map((name) => ({ name, since: missingSince(name) })),
    forked,
    damaged: [],
    unreadable: [],
    archivedAfter: ({ first }) => missingSince(first),
    has,
  })
  const last = listing.segments
    .map(({ name }) => name)
    .toSorted(byWalOrder)
    .at(-1)
  return { ranges, holes, waiting, missing, problems, last, isNeeded }
}

/** Whether a restore could need a segment; without a backup yet, what follows the first that was archived. */
function neededSince(
  oldest: StoredBackup | undefined,
  { segments: [first] }: ArchiveListing,
  segmentBytes: number,
): (segment: string) => boolean {
  const from = oldest?.startSegment ?? first?.name
  const start = from === undefined ? undefined : segmentPlace(from, segmentBytes)
  return (segment) => {
    const place = parseSegmentName(segment, segmentBytes)
    return (
      place !== undefined &&
      start !== undefined &&
      place.timeline >= start.timeline &&
      place.startLsn >= start.startLsn
    )
  }
}

/** Puts the state of an archive into the words of the contract. */
export function archiveReport(
  { now, lineage, listing, index }: ArchiveSeen,
  state: ReturnType<typeof archiveState>,
  more: {
    readonly completeUntil: string | undefined
    readonly problems: readonly ArchiveProblem[]
  },
): Archive {
  const { ranges, waiting, last } = state
  const { completeUntil } = more
  const lastCommitAt = lastCommitIn(index)
  const [oldest] = waiting
  return {
    lineage: lineage.id,
    ranges,
    segments: listing.segments.length,
    storedBytes: listing.segments.reduce((sum, { storedBytes }) => sum + storedBytes, 0),
    ...(lastCommitAt === undefined ? {} : { lastCommitAt }),
    ...(completeUntil === undefined ? {} : { completeUntil }),
    ...(last === undefined ? {} : { endLsn: endOf(last, lineage.walSegmentBytes) }),
    backlog: {
      segments: waiting.length,
      bytes: waiting.reduce((sum, { sizeBytes }: WaitingFile) => sum + sizeBytes, 0),
      ...(oldest ? { oldest: oldest.name, oldestAt: oldest.since.toISOString() } : {}),
    },
    problems: [...state.problems, ...more.problems],
    checkedAt: now.toISOString(),
  }
}

/** The latest commit that is known to be archived. */
export function lastCommitIn(index: WalIndex): string | undefined {
  let found: string | undefined
  for (const { facts } of index.values()) found = laterOf(found, facts.lastCommitAt)
  return found
}

const endOf = (segment: string, segmentBytes: number): string =>
  formatLsn(segmentPlace(segment, segmentBytes).startLsn + BigInt(segmentBytes))
