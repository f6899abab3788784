import { z } from 'zod'
import { Endpoint, Mode } from '../instance.ts'
import { BackupPolicy } from '../backup-policy.ts'
import { BranchOf } from '../branch.ts'
import { HostName } from '../host.ts'
import { Instant, LineageId } from '../names.ts'
import { InitdbOptions, Settings } from '../project.ts'

/** A project as the daemon remembers it. */
export const ProjectDocument = z.object({
  format: z.literal(1),
  name: z.string(),
  mode: Mode,
  directory: z.string(),
  createdAt: Instant,
  /** In a cluster: the host that works on it; calls about it go there. */
  host: HostName.optional(),
})
export type ProjectDocument = z.output<typeof ProjectDocument>

/** What an instance was last asked to be. Its servers are described by member documents. */
export const InstanceDocument = z.object({
  format: z.literal(1),
  project: z.string(),
  service: z.string(),
  id: z.string(),
  /** In a cluster: the host whose agent looks after its archive and its sleep. */
  host: HostName.optional(),
  createdAt: Instant,
  /** The operation that made it: only that one may undo it. */
  createdBy: z.string(),
  /** `creating` until a client may connect; an operation that fails before that removes it again. */
  phase: z.enum(['creating', 'live', 'deleting']),
  /** As its member's, with which it changes. */
  wanted: z.enum(['running', 'suspended', 'stopped']),
  engine: z.object({ id: z.string(), major: z.int(), minor: z.int() }),
  endpoint: Endpoint,
  /** The port that compose asked for; `endpoint` differs when it was taken. */
  portWanted: z.int(),
  user: z.string(),
  database: z.string(),
  initdb: InitdbOptions,
  settings: Settings,
  memoryBytes: z.int(),
  cpus: z.number(),
  tls: z.enum(['optional', 'required']),
  /** A keyed hash, to see that a password changed without keeping it here. */
  passwordFingerprint: z.string(),
  fromSnapshot: z.string().optional(),
  /** The backup history that it writes now; instances of the first version have none until the next `up`. */
  lineage: LineageId.optional(),
  backups: BackupPolicy.optional(),
  /** Without clients for so long, its server sleeps until the next one connects. */
  suspendAfterMs: z.int().positive().optional(),
  branch: BranchOf.optional(),
  /** An instance that another took the place of: `restore --in-place`, `branch promote`. */
  heldSince: Instant.optional(),
})
export type InstanceDocument = z.output<typeof InstanceDocument>

/** A secret under the vault's key: the password that an instance has now. */
export const CredentialDocument = z.object({ format: z.literal(1), sealed: z.string() })
export type CredentialDocument = z.output<typeof CredentialDocument>

/** A SQL script that belongs to a branch; what it holds may be secret. Opens under `scripts/<id>`. */
export const ScriptDocument = z.object({
  format: z.literal(1),
  /** What its errors call it: `mask.sql`. */
  name: z.string(),
  sealed: z.string(),
})
export type ScriptDocument = z.output<typeof ScriptDocument>

/** One config value, sealed. */
export const ConfigDocument = z.object({
  format: z.literal(1),
  sealed: z.string(),
  updatedAt: Instant,
})
export type ConfigDocument = z.output<typeof ConfigDocument>
