import { z } from 'zod'
import { Endpoint } from '../instance.ts'
import { Instant } from '../names.ts'
import { ErrorBodySchema } from '../operation.ts'
import { InitdbOptions } from '../project.ts'

/** Where a member's data comes from when it has none yet. */
export const DataSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('initdb'), superuser: z.string(), options: InitdbOptions }),
  /** A copy of this directory, which is left as it is. One that is only tried need not survive a power cut. */
  z.object({ kind: z.literal('copy'), directory: z.string(), durable: z.boolean() }),
])
export type DataSource = z.output<typeof DataSource>

/**
 * What an agent makes so: one Postgres server of an instance. Operations write it, the host's agent converges to it,
 * and nothing else starts, stops or edits a server.
 */
export const MemberDocument = z.object({
  format: z.literal(1),
  project: z.string(),
  service: z.string(),
  /** 0 for the first; an instance of several members counts on. */
  index: z.int(),
  instanceId: z.string(),
  wanted: z.enum(['running', 'stopped', 'absent']),
  engine: z.object({ id: z.string(), major: z.int(), binDirectory: z.string() }),
  /** Holds data/, tls/, log/ and the agent's own notes; absolute. */
  directory: z.string(),
  socketDirectory: z.string(),
  endpoint: Endpoint,
  source: DataSource,
  /** True once the data exists: from then on missing data is an alarm and never made anew. */
  initialised: z.boolean(),
  /** Text of each file in the data directory that is ours, by name. */
  files: z.record(z.string(), z.string()),
  /** Settings that the server gets as arguments, so that no ALTER SYSTEM beats them. */
  enforced: z.record(z.string(), z.string()),
  /** Counts up with every change of `files` or `certificate`; a running server is told to reload. */
  configGeneration: z.int(),
  /** Counts up when the server must be restarted; a new binary or a setting that needs it. */
  restartGeneration: z.int(),
  certificate: z.object({ dnsNames: z.array(z.string()), addresses: z.array(z.string()) }),
})
export type MemberDocument = z.output<typeof MemberDocument>

/** What an agent sees of a member and writes back. */
export const MemberStatus = z.object({
  format: z.literal(1),
  state: z.enum([
    'initialising',
    'starting',
    'ready',
    'stopping',
    'stopped',
    'crashed',
    'failed',
    'absent',
  ]),
  /** The store revision of the member document that this status answers. */
  memberRevision: z.int(),
  /** The generations that the running server has taken over; 0 before the first start. */
  configGeneration: z.int(),
  restartGeneration: z.int(),
  pid: z.int().optional(),
  startedAt: Instant.optional(),
  /** Unasked-for restarts since the last deliberate start. */
  restarts: z.int(),
  /** Starts that failed in a row. */
  failures: z.int(),
  /** Why it is not running, or why the next try waits. */
  error: ErrorBodySchema.optional(),
  retryAt: Instant.optional(),
})
export type MemberStatus = z.output<typeof MemberStatus>
