import { z } from 'zod'
import { BackupPolicy } from './backup-policy.ts'
import { Mode } from './instance.ts'
import { Instant, LineageId, ProjectName, ServiceName } from './names.ts'
import { InitdbOptions, Settings } from './project.ts'

export const BackupEngineKind = z.enum(['copy', 'pgbackrest'])
export type BackupEngineKind = z.output<typeof BackupEngineKind>

/** Where a lineage came from: what it shares with its parent ends at this point of the parent's WAL. */
export const Ancestry = z.object({
  lineage: LineageId,
  how: z.enum(['restore', 'branch', 'snapshot', 'upgrade']),
  timeline: z.int().optional(),
  lsn: z.string().optional(),
  at: Instant.optional(),
})
export type Ancestry = z.output<typeof Ancestry>

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
