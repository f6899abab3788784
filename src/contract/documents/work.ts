import { z } from 'zod'
import { BackupPolicy } from '../backup-policy.ts'
import { Mode } from '../instance.ts'
import { ProjectName, ServiceName, SnapshotName } from '../names.ts'
import { Action } from '../plan.ts'
import { BranchWanted, InitdbOptions, Settings } from '../project.ts'

/** What an instance is to be, with config filled in and no secret: the password is sealed elsewhere. */
export const DesiredInstance = z.object({
  service: ServiceName,
  user: z.string(),
  database: z.string(),
  passwordFingerprint: z.string(),
  /** Opens under `credentials/<project>/<service>`. */
  sealedPassword: z.string(),
  portWanted: z.int(),
  initdb: InitdbOptions,
  initFiles: z.array(z.object({ name: z.string(), path: z.string() })),
  /** What its start scripts may do: all, unless it says only what the owner may. */
  scriptsAs: z.literal('owner').optional(),
  settings: Settings,
  memoryBytes: z.int(),
  cpus: z.number(),
  tls: z.enum(['optional', 'required']),
  fromSnapshot: SnapshotName.optional(),
  /** Unset: the defaults. */
  backups: BackupPolicy.optional(),
  /** Time without clients after which the server sleeps; unset: it never does. */
  suspendAfterMs: z.int().positive().optional(),
  branchOf: BranchWanted.optional(),
})
export type DesiredInstance = z.output<typeof DesiredInstance>

/** The version that was chosen; the engine is fetched when it is not here. */
export const ChosenVersion = z.object({ major: z.int(), minor: z.int(), engineId: z.string() })
export type ChosenVersion = z.output<typeof ChosenVersion>

/** An action of a plan with all that is needed to perform it. What an operation keeps as its input. */
export const Work = z.object({
  action: Action,
  desired: DesiredInstance.optional(),
  version: ChosenVersion.optional(),
  /** Which nobody else may work on meanwhile. */
  lineage: z.string().optional(),
})
export type Work = z.output<typeof Work>

export const ProjectWork = z.object({
  project: ProjectName,
  directory: z.string(),
  mode: Mode,
  work: z.array(Work),
  /** The store revision of each instance that the plan looked at; 0 for one that was not there. */
  basis: z.record(ServiceName, z.int()),
})
export type ProjectWork = z.output<typeof ProjectWork>
