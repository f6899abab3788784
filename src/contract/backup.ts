import { z } from 'zod'
import { BackupEngineKind } from './lineage.ts'
import { BackupId, Instant, LineageId } from './names.ts'

/** One base backup of a lineage: with the WAL after it, any later moment can be restored. */
export const Backup = z
  .object({
    id: BackupId,
    lineage: LineageId,
    engine: BackupEngineKind,
    kind: z.enum(['full', 'differential', 'incremental']),
    startedAt: Instant,
    /** The earliest moment that a restore from it can stop at. */
    finishedAt: Instant,
    /** As Postgres writes them: `0/3000028`. WAL is needed from the start on; the copy is consistent at the stop. */
    startLsn: z.string(),
    stopLsn: z.string(),
    timeline: z.int(),
    /** For example `16.14`. */
    version: z.string(),
    /** Size of the data when restored. */
    sizeBytes: z.int(),
    /** What it takes in the repository, as far as that is known; blocks that are shared count as none. */
    storedBytes: z.int().optional(),
    /** Taken of a stopped server. */
    cold: z.boolean(),
    /** Never pruned; the name under which a person kept it. */
    name: z.string().optional(),
    /** Why it would not restore; found by verifying it. */
    damage: z.string().optional(),
    verifiedAt: Instant.optional(),
  })
  .meta({ id: 'Backup' })
export type Backup = z.output<typeof Backup>

/** Commit times that go back: the clock was set back. `lsn` is the first commit after it, or where the segment with it begins. */
export const ClockSetBack = z.object({ lsn: z.string(), from: Instant, to: Instant })
export type ClockSetBack = z.output<typeof ClockSetBack>

/** A stretch of WAL without a hole: segment names as Postgres writes them, 24 hexadecimal digits. */
export const WalRange = z.object({
  timeline: z.int(),
  first: z.string(),
  last: z.string(),
  /** What its last segments hold, as far as it was read. */
  lastCommitAt: z.string().optional(),
  lastCommitLsn: z.string().optional(),
  lastRecordLsn: z.string().optional(),
  endLsn: z.string().optional(),
  /** In the order of the WAL: a time between `to` and `from` says no single moment there. */
  setBacks: z.array(ClockSetBack).optional(),
})
export type WalRange = z.output<typeof WalRange>

export const ArchiveProblem = z.object({
  /**
   * `lost`: in the middle and not there. `late`: written long ago and not there yet. `different`: there with other content.
   * `forked`: from there on the server itself writes another history.
   */
  kind: z.enum(['lost', 'late', 'different', 'forked', 'damaged', 'given-up', 'unreachable']),
  segment: z.string().optional(),
  /** The last of a stretch that begins with `segment`. */
  last: z.string().optional(),
  /** What is wrong, a sentence. */
  sentence: z.string(),
  since: Instant,
})
export type ArchiveProblem = z.output<typeof ArchiveProblem>

/** What the archive of a lineage has, asked anew each time. */
export const Archive = z.object({
  lineage: LineageId,
  ranges: z.array(WalRange),
  segments: z.int(),
  storedBytes: z.int(),
  /** The commit that was archived last; unset before the first. */
  lastCommitAt: Instant.optional(),
  /** Everything that was committed until then is in the archive. */
  completeUntil: Instant.optional(),
  /** End of the last archived segment. */
  endLsn: z.string().optional(),
  /** WAL files that the server has finished and the archive does not have. */
  backlog: z.object({
    segments: z.int(),
    bytes: z.int(),
    oldest: z.string().optional(),
    oldestAt: Instant.optional(),
  }),
  problems: z.array(ArchiveProblem),
  checkedAt: Instant,
})
export type Archive = z.output<typeof Archive>

/** What of a lineage can be restored. */
export const RecoveryWindow = z.object({
  /** Unset: nothing yet. */
  earliest: Instant.optional(),
  latest: Instant.optional(),
  earliestLsn: z.string().optional(),
  latestLsn: z.string().optional(),
  /** Stretches in between that cannot be restored to. */
  gaps: z.array(z.object({ from: Instant, to: Instant.optional(), sentence: z.string() })),
  /** Spans in which a time says no single moment, because the clock was set back; an LSN does. */
  setBacks: z.array(ClockSetBack).optional(),
  /** Age of the newest restorable moment: what a loss of the machine's disk alone would cost now. */
  rpoMs: z.int().optional(),
})
export type RecoveryWindow = z.output<typeof RecoveryWindow>
