import { z } from 'zod'
import { BackupPolicy } from './backup-policy.ts'
import { Mode } from './instance.ts'
import { ConfigName, ProjectName, ServiceName, SnapshotName } from './names.ts'

/** A place in a compose or env file. Lines and columns count from 1. */
export const Location = z.object({ file: z.string(), line: z.int(), column: z.int() })
export type Location = z.output<typeof Location>

/**
 * A value as compose gave it, before secrets are known: literal text and references to config, in order.
 * `['postgres://postgres:', { config: 'POSTGRES_PASSWORD' }, '@database:5432/app']`.
 */
export const Template = z.array(z.union([z.string(), z.object({ config: ConfigName })]))
export type Template = z.output<typeof Template>

/** Something a person should know that stops nothing. */
export const Note = z.object({ message: z.string(), at: Location.optional() })
export type Note = z.output<typeof Note>

/** In lower case and nothing but a name: Postgres tells no case apart, and a line end would begin a setting of its own. */
const SettingName = z
  .string()
  .regex(/^[a-z_][a-z0-9_$.]*$/, 'must be of lower-case letters, digits, “_”, “$” and “.”')

/** Postgres settings as compose wrote them: `{ max_connections: '200' }`. */
export const Settings = z.record(SettingName, z.string())
export type Settings = z.output<typeof Settings>

/** What `POSTGRES_INITDB_ARGS` may ask for; the rest is refused by name when compose is read. */
export const InitdbOptions = z.object({
  encoding: z.string().optional(),
  locale: z.string().optional(),
  lcCollate: z.string().optional(),
  lcCtype: z.string().optional(),
  lcMessages: z.string().optional(),
  localeProvider: z.enum(['libc', 'icu', 'builtin']).optional(),
  icuLocale: z.string().optional(),
  icuRules: z.string().optional(),
  builtinLocale: z.string().optional(),
  textSearchConfig: z.string().optional(),
  walSegmentSizeMib: z.int().optional(),
})
export type InitdbOptions = z.output<typeof InitdbOptions>

export const Healthcheck = z.object({
  /** As compose's long form: ['CMD', …], ['CMD-SHELL', text] or ['NONE']. */
  test: z.array(z.string()),
  intervalMs: z.int().optional(),
  timeoutMs: z.int().optional(),
  startPeriodMs: z.int().optional(),
  retries: z.int().optional(),
})
export type Healthcheck = z.output<typeof Healthcheck>

/** Which Postgres an image asks for. Neither: the newest major that can run here. */
export const VersionWanted = z.object({
  major: z.int().optional(),
  /** The second number of `16.4`; only with `major`. */
  minor: z.int().optional(),
})
export type VersionWanted = z.output<typeof VersionWanted>

/** The service of the same project that an instance is made a branch of, and how long it lives; unset: for good. */
export const BranchWanted = z.object({
  service: ServiceName,
  expiresAfterMs: z.int().positive().optional(),
})
export type BranchWanted = z.output<typeof BranchWanted>

/** What compose says of one managed Postgres. */
export const ManagedSpec = z.object({
  image: z.string(),
  version: VersionWanted,
  /** Extensions that the image promises (pgvector/pgvector → vector), so the engine must have them. */
  imageExtensions: z.array(z.string()),
  user: Template,
  database: Template,
  password: Template,
  /** 5432, or the service's PGPORT. */
  port: z.int().min(1).max(65535),
  initdb: InitdbOptions,
  /** Files of /docker-entrypoint-initdb.d in the order in which they run; absolute paths on this machine. */
  initFiles: z.array(z.object({ name: z.string(), path: z.string() })),
  settings: Settings,
  memoryBytes: z.int().positive().optional(),
  cpus: z.number().positive().optional(),
  healthcheck: Healthcheck.optional(),
  allowDowntime: z.boolean(),
  fromSnapshot: SnapshotName.optional(),
  /** Unset: the defaults. */
  backups: BackupPolicy.optional(),
  /** Time without clients after which the server sleeps; 0: never. Unset: never, and five minutes for a branch. */
  suspendAfterMs: z.int().min(0).optional(),
  branchOf: BranchWanted.optional(),
  /** `optional`: connections over loopback may go without TLS. `required`: none may. */
  tls: z.enum(['optional', 'required']),
  at: Location,
})
export type ManagedSpec = z.output<typeof ManagedSpec>

export const Dependency = z.object({
  condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
  required: z.boolean(),
})

/** One compose service, managed or not, with what `howdah run` and `howdah compose` need of it. */
export const ServiceSpec = z.object({
  name: ServiceName,
  managed: ManagedSpec.optional(),
  /** A key with the value `[]` is the empty string; a key that is to come from config is `[{ config: KEY }]`. */
  environment: z.record(z.string(), Template),
  dependsOn: z.record(z.string(), Dependency),
  at: Location,
})
export type ServiceSpec = z.output<typeof ServiceSpec>

/** One compose file's worth of services: what a person wants, with no secret in it but those that compose spells out. */
export const ProjectSpec = z
  .object({
    name: ProjectName,
    /** Absolute folder that relative paths of the compose file start from. */
    directory: z.string(),
    files: z.array(z.string()),
    services: z.record(z.string(), ServiceSpec),
    /** From the top-level `x-howdah`; the command line beats it. */
    mode: Mode.optional(),
    notes: z.array(Note),
  })
  .meta({ id: 'ProjectSpec' })
export type ProjectSpec = z.output<typeof ProjectSpec>
