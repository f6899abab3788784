import type { Archive, Backup } from '../contract/backup.ts'
import type { BackupPolicy } from '../contract/backup-policy.ts'
import type { BackupDocument, LineageDocument } from '../contract/documents/lineage.ts'
import type { DataSource, MemberDocument } from '../contract/documents/member.ts'
import type { Engine } from '../contract/engine.ts'
import type { BackupEngineKind } from '../contract/lineage.ts'
import type { Watch } from '../drivers/driver.ts'

/**
 * One way to keep a lineage: base copies and the WAL between them. Everything is safe to repeat after it died half-way,
 * and what is in the repository, not our memory, says what there is. Failures: BACKUP_FAILED, BACKUP_DAMAGED,
 * REPOSITORY_UNREACHABLE, DISK_FULL, and AbortError.
 */
export interface BackupEngine {
  readonly kind: BackupEngineKind

  /** Makes the place that an archiving server needs, before its first start. */
  prepare(lineage: LineageDocument, member: MemberDocument): Promise<void>
  /** Settings with which a server archives into the lineage by itself, also while no daemon runs. */
  archiving(lineage: LineageDocument, engine: ArchivingEngine): Record<string, string>
  /** Writes what the lineage is beside its backups, for a machine that has nothing else. */
  describe(lineage: LineageDocument): Promise<void>
  /** Every lineage that `directory` (a repository of ours, maybe of another machine) has, as described there. */
  discover(directory: string): Promise<LineageDocument[]>

  /** Takes a base backup: of a running server, or of the data of a stopped one (`cold`). */
  backup(lineage: LineageDocument, asked: BackupAsked, watch: Watch): Promise<Backup>
  /** The backups that are whole, oldest first. */
  backups(lineage: LineageDocument): Promise<Backup[]>
  /** Takes in what the server archived since, and says what is there. `member`: whose server archives, when there is one. */
  archive(lineage: LineageDocument, member: MemberDocument | undefined): Promise<Archive>
  /**
   * Takes in what a server that does not run has written and not archived, up to its last whole record, before its data go: it
   * never comes back. What it could not take is `left`; an archive that cannot be reached throws nothing.
   */
  archiveRest(lineage: LineageDocument, member: MemberDocument): Promise<ArchivedRest>
  /** For each target that a restore may name: which commit, restore point or transaction is in the archive. */
  find(lineage: LineageDocument, sought: Sought): Promise<Found>
  /** Reads all of a backup and of the WAL from its start on. Empty: all is as it was written. */
  verify(lineage: LineageDocument, backup: Backup, watch: Watch): Promise<Damage[]>
  /**
   * Reads the backup's own files beside a restore from it, which may not be handed over before: what the restore does not compare
   * with the backup's sums by itself. Empty: all is as it was written.
   */
  compare(lineage: LineageDocument, backup: Backup, watch: Watch): Promise<Damage[]>
  /** Removes one backup. Its WAL stays until `pruneWal`. */
  remove(lineage: LineageDocument, backup: Backup): Promise<void>
  /** Removes WAL that is older than the start of `oldest`; what none of the kept ones needs. */
  pruneWal(
    lineage: LineageDocument,
    oldest: Pick<Backup, 'timeline' | 'startLsn'>,
  ): Promise<{ segments: number; bytes: number }>
  /** Removes all of a lineage. */
  removeLineage(lineage: LineageDocument): Promise<void>

  /** Where a new member gets this backup's data. */
  source(
    lineage: LineageDocument,
    backup: Backup,
    options: { durable: boolean },
  ): DataSource | Promise<DataSource>
  /** The restore_command for a server that recovers from the lineage. Missing or damaged WAL in the middle ends recovery by an error. */
  restoreCommand(lineage: LineageDocument): string | Promise<string>
}

export interface ArchivedRest {
  /** What is there now; unset when nobody can tell. */
  readonly archive?: Archive
  readonly left?: LeftWal
}

/** WAL that is on a server's disk alone. */
export interface LeftWal {
  readonly segments: readonly string[]
  /** Of what was written into them, at most. */
  readonly bytes: number
  /** When the server wrote to them last. */
  readonly writtenAt?: string
  /** Why no archive has it, a sentence. */
  readonly reason: string
}

export interface ArchivingEngine {
  readonly major: number
  /** As `Engine.features`: `basic_archive` when its library is there. */
  readonly features: readonly string[]
}

export interface BackupAsked {
  readonly id: string
  readonly member: MemberDocument
  readonly cold: boolean
  /** What the engine may take instead of a full one. */
  readonly kind: Backup['kind']
  /** The server's version: `16.14`. */
  readonly version: string
  readonly name?: string
  /** Nobody waits for it: it may take its time, and is not to be felt. */
  readonly scheduled?: boolean
  /** The newest kept backup, whose unchanged parts need not be stored again. */
  readonly previous?: BackupDocument
}

export type Sought =
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'xid'; readonly xid: string }
  | { readonly kind: 'name'; readonly name: string }

export interface Found {
  /** Whether the archive has it; for a time: whether a commit after it is archived, so that recovery can stop there. */
  readonly present: boolean
  readonly at?: string
  readonly lsn?: string
  /** A time without a later commit: when the last one before it was. */
  readonly lastCommitAt?: string
}

/** Something in a repository that is not as it was written. */
export interface Damage {
  /** File in the backup, or WAL segment. */
  readonly where: string
  readonly kind: 'missing' | 'changed' | 'page'
  readonly sentence: string
}

/** The engine that keeps a lineage; NOT_SUPPORTED when this host has none of that kind. */
export interface BackupEngines {
  of(lineage: Pick<LineageDocument, 'engine'>): BackupEngine
  /** For a new lineage: what the policy names, else what this host does best; for a branch, what begins at once. */
  choose(wanted: {
    policy?: Pick<BackupPolicy, 'repository' | 'offsite'> | undefined
    isBranch?: boolean
    engine: Pick<Engine, 'kind' | 'major'>
  }): BackupEngine
}
