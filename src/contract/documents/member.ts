import { z } from 'zod'
import { Endpoint } from '../instance.ts'
import { HostName } from '../host.ts'
import { Instant } from '../names.ts'
import { ErrorBodySchema } from '../operation.ts'
import { InitdbOptions } from '../project.ts'

/** Where a member's data comes from when it has none yet. */
export const DataSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('initdb'), superuser: z.string(), options: InitdbOptions }),
  /** A copy of this directory, which is left as it is. One that is only tried need not survive a power cut. */
  z.object({
    kind: z.literal('copy'),
    directory: z.string(),
    durable: z.boolean(),
    /** Replays WAL as the document's `recovery` says before anybody may connect. */
    recover: z.boolean().optional(),
    /** The archive of that WAL, in our own form: its folder, and the first segment that is replayed. */
    wal: z.object({ directory: z.string(), segmentBytes: z.int(), first: z.string() }).optional(),
  }),
  /** This directory itself, which moves to its place: data that was made for this member alone. */
  z.object({ kind: z.literal('move'), directory: z.string() }),
  /** `pgbackrest restore` of one backup. */
  z.object({
    kind: z.literal('pgbackrest'),
    program: z.string(),
    configFile: z.string(),
    stanza: z.string(),
    backup: z.string(),
    /** Which of the configuration's repositories. */
    repository: z.int(),
  }),
])
export type DataSource = z.output<typeof DataSource>

/** What an acknowledged commit has reached. `strict` waits for a replica even when there is none. */
export const Durability = z.enum(['async', 'sync', 'quorum', 'strict'])
export type Durability = z.output<typeof Durability>

/** How Patroni runs a member: the instance’s members decide among themselves, through etcd, who of them is the primary. */
export const MemberPatroni = z.object({
  /** What the members of one instance share and nobody else has: the instance’s id. */
  scope: z.string(),
  /** Unique in the scope; replicas are known to the primary by it. */
  name: z.string(),
  /** Where the other members reach this one, its server (at the endpoint’s port) and its Patroni. */
  address: z.string(),
  restPort: z.int(),
  /** `address:port` of each member of etcd that takes clients, this host’s own first. */
  etcd: z.array(z.string()),
  /** The one whose data, made as `source` says, the others are copies of; it starts the scope when there is none yet. */
  founds: z.boolean(),
  durability: Durability,
  /** Settings that a replica must have as its primary has: Patroni keeps them in etcd and restarts no server for them. */
  shared: z.record(z.string(), z.string()),
  /** Where copies and WAL come from before a peer is asked: whole commands for a shell, by Patroni’s rules. */
  repository: z.object({ restore: z.string(), fetchWal: z.string() }).optional(),
  /** Never the primary, whatever happens to the others. */
  neverLeads: z.boolean().optional(),
})
export type MemberPatroni = z.output<typeof MemberPatroni>

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
  /** In a cluster: where it runs. Only the agent of that host touches it. */
  host: HostName.optional(),
  /**
   * `suspended`: stopped, and started again when a client connects. Operations change it; the agent too, and only between
   * `running` and `suspended`, when an idle server falls asleep and when a client wakes it.
   */
  wanted: z.enum(['running', 'suspended', 'stopped', 'absent']),
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
  /** Settings of the server for as long as it recovers, such as restore_command and the target. */
  recovery: z.record(z.string(), z.string()).optional(),
  /** `background`: it may only use what others leave of processor and disk. */
  priority: z.enum(['normal', 'background']).optional(),
  /** Counts up with every change of `files` or `certificate`; a running server is told to reload. */
  configGeneration: z.int(),
  /** Counts up when the server must be restarted; a new binary or a setting that needs it. */
  restartGeneration: z.int(),
  certificate: z.object({ dnsNames: z.array(z.string()), addresses: z.array(z.string()) }),
  /** Unset for a server that is alone, which the agent itself runs. */
  patroni: MemberPatroni.optional(),
})
export type MemberDocument = z.output<typeof MemberDocument>

export const MemberProgress = z.object({
  stage: z.enum(['copying', 'replaying']),
  bytesDone: z.int().optional(),
  bytesTotal: z.int().optional(),
  /** The WAL file that is being replayed. */
  segment: z.string().optional(),
})
export type MemberProgress = z.output<typeof MemberProgress>

/** What an agent sees of a member and writes back. */
export const MemberStatus = z.object({
  format: z.literal(1),
  state: z.enum([
    'initialising',
    'starting',
    'ready',
    'stopping',
    'stopped',
    'suspended',
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
  /** How far the making of its data, or its recovery, is. */
  progress: MemberProgress.optional(),
  /** Of a member that Patroni runs, for as long as its server does. */
  role: z.enum(['primary', 'replica']).optional(),
  /** Of a replica: commits wait for it. */
  isSync: z.boolean().optional(),
  timeline: z.int().optional(),
  /** Of a replica: WAL of the primary that it has not replayed, rounded up to a power of two; 0 below 64 KiB. */
  lagBytes: z.int().optional(),
  /** A setting waits for a restart. */
  needsRestart: z.boolean().optional(),
})
export type MemberStatus = z.output<typeof MemberStatus>
