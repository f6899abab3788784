import { z } from 'zod'
import { BackupPolicy } from './backup-policy.ts'
import { Mode } from './instance.ts'
import { Instant, LineageId, ProjectName, ServiceName } from './names.ts'
import { InitdbOptions, Settings } from './project.ts'
import { RepositoryName } from './repository.ts'

export const BackupEngineKind = z.enum(['copy', 'pgbackrest'])
export type BackupEngineKind = z.output<typeof BackupEngineKind>

/** Where a lineage came from: what it shares with its parent ends at this point of the parent's WAL. */
export const Ancestry = z.object({
  lineage: LineageId,
  /**
   * `renewal`: the same instance goes on, with its history in another place or begun anew. `fork`: the same, after its server
   * went on from an older state than the archive had, as when data is put back by hand.
   */
  how: z.enum(['restore', 'branch', 'snapshot', 'upgrade', 'renewal', 'fork']),
  timeline: z.int().optional(),
  lsn: z.string().optional(),
  at: Instant.optional(),
})
export type Ancestry = z.output<typeof Ancestry>

/** Where a lineage is kept, by the names of `howdah repository ls`. The policy may ask for another place, for the next lineage. */
export const KeptIn = z.object({
  /** Unset: its own folder in this home. */
  repository: RepositoryName.optional(),
  /** Unset: no second copy. */
  offsite: RepositoryName.optional(),
})
export type KeptIn = z.output<typeof KeptIn>

/** All that a restore needs to make an instance like the one that was backed up. No secret in the clear. */
export const Recipe = z.object({
  /** For example `16.14`. */
  version: z.string(),
  user: z.string(),
  database: z.string(),
  superuser: z.string(),
  settings: Settings,
  memoryBytes: z.int(),
  cpus: z.number(),
  tls: z.enum(['optional', 'required']),
  portWanted: z.int(),
  mode: Mode.optional(),
  initdb: InitdbOptions,
  policy: BackupPolicy,
  /** As the instance's; unset: it never sleeps. */
  suspendAfterMs: z.int().positive().optional(),
  /** Opens under `lineages/<id>` with the home's config key. */
  sealedPassword: z.string(),
})
export type Recipe = z.output<typeof Recipe>

/**
 * One backup history: base backups and the WAL between them, of one system identifier and timeline family. It outlives its
 * instance; a restore, a branch or a major upgrade begins a new one. Found by id, never by its instance's name alone.
 */
export const Lineage = z
  .object({
    id: LineageId,
    project: ProjectName,
    service: ServiceName,
    instanceId: z.string(),
    engine: BackupEngineKind,
    major: z.int(),
    /** Empty until the server was first asked. */
    systemIdentifier: z.string(),
    walSegmentBytes: z.int(),
    parent: Ancestry.optional(),
    /** Unset in one that a version before this began. */
    keptIn: KeptIn.optional(),
    /** Absolute; holds bases/, wal/ and lineage.json. */
    directory: z.string(),
    createdAt: Instant,
    /** Since when no server writes to it; unset while its instance lives. */
    closedAt: Instant.optional(),
    /** When a restore from it was last seen to work. */
    provenAt: Instant.optional(),
  })
  .meta({ id: 'Lineage' })
export type Lineage = z.output<typeof Lineage>
