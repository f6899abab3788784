import { z } from 'zod'
import { BranchOf } from './branch.ts'
import { HostName } from './host.ts'
import { Instant, OperationId, ProjectName, ServiceName } from './names.ts'
import { InstanceRecovery } from './recovery.ts'

/** Where an application connects. */
export const Endpoint = z.object({ host: z.string(), port: z.int() }).meta({ id: 'Endpoint' })
export type Endpoint = z.output<typeof Endpoint>

export const Mode = z.enum(['affordable', 'balanced', 'high_availability'])
export type Mode = z.output<typeof Mode>

/**
 * What a person sees of an instance's health, computed from documents:
 * `creating`, `starting`, `ready`, `stopping`, `stopped`, `suspended` (a client wakes it), `restarting` (crashed, coming back), `failed` (needs a person), `deleting`.
 */
export const InstanceState = z.enum([
  'creating',
  'starting',
  'ready',
  'stopping',
  'stopped',
  'suspended',
  'restarting',
  'failed',
  'deleting',
])
export type InstanceState = z.output<typeof InstanceState>

/** One managed Postgres as `ps` shows it. */
export const Instance = z
  .object({
    project: ProjectName,
    service: ServiceName,
    id: z.string(),
    /** In a cluster: where it runs. */
    host: HostName.optional(),
    state: InstanceState,
    /** One sentence when the state needs one: why it failed, what it waits for. */
    reason: z.string().optional(),
    /** For example `16.14`. */
    version: z.string(),
    engine: z.string(),
    endpoint: Endpoint,
    user: z.string(),
    database: z.string(),
    caFile: z.string(),
    /** It runs on another host than the one that was asked, and is reached by a tunnel through that one’s daemon. */
    isElsewhere: z.boolean().optional(),
    dataDirectory: z.string(),
    logFile: z.string(),
    dataBytes: z.int().optional(),
    memoryBytes: z.int(),
    pid: z.int().optional(),
    startedAt: Instant.optional(),
    /** Crashes that the agent mended since the last deliberate start. */
    restarts: z.int(),
    createdAt: Instant,
    mode: Mode,
    /** What makes it a branch; unset for one that is none. */
    branch: BranchOf.optional(),
    /** Another took its place then, and it is kept. */
    heldSince: Instant.optional(),
    /** The live operation, when there is one. */
    operation: OperationId.optional(),
    /** What of it can be brought back; unset for one that keeps no backups yet. */
    recovery: InstanceRecovery.optional(),
  })
  .meta({ id: 'Instance' })
export type Instance = z.output<typeof Instance>

export const Project = z
  .object({
    name: ProjectName,
    mode: Mode,
    directory: z.string(),
    createdAt: Instant,
    instances: z.int(),
  })
  .meta({ id: 'Project' })
export type Project = z.output<typeof Project>
