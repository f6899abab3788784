import { z } from 'zod'
import { ConfigName, Instant, ProjectName } from './names.ts'

/** As compose's `backups: {repository: NAME}` may write it. */
export const RepositoryName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/)

const Port = z.int().min(1).max(65535)
/** A folder inside a bucket, container or file system; never with a quote or line end, which no configuration file can carry. */
const Folder = z.string().regex(/^\/[^\n\r]*$/)
const Host = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]*$|^[0-9a-fA-F:]+$/)
/** What a store names its buckets and accounts. */
const StoreName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}$/)

/** How to reach a store that speaks HTTPS. Its certificate is always verified. */
const web = {
  /** Absolute path of a PEM file with the authorities to trust instead of the machine’s. */
  caFile: z.string().startsWith('/').optional(),
  port: Port.optional(),
  /** `path`: the bucket stands in the path and not in the host’s name, as most servers of one’s own want it. */
  uriStyle: z.enum(['host', 'path']),
}

/** Where backups lie. Keys are names of config values, never the values. */
export const RepositoryStorage = z.discriminatedUnion('type', [
  /** A folder of this machine, or of a network file system that is mounted here. */
  z.object({ type: z.literal('posix'), path: Folder }),
  z.object({
    type: z.literal('s3'),
    bucket: StoreName,
    path: Folder,
    endpoint: Host,
    region: z.string().regex(/^[a-zA-Z0-9-]+$/),
    /** Without these: the role of the machine. */
    key: ConfigName.optional(),
    secret: ConfigName.optional(),
    ...web,
  }),
  z.object({
    type: z.literal('azure'),
    account: StoreName,
    container: StoreName,
    path: Folder,
    endpoint: Host.optional(),
    keyType: z.enum(['shared', 'sas']),
    key: ConfigName,
    ...web,
  }),
  z.object({
    type: z.literal('gcs'),
    bucket: StoreName,
    path: Folder,
    endpoint: Host.optional(),
    /** A service account’s JSON key; without it: the role of the machine. */
    key: ConfigName.optional(),
    caFile: web.caFile,
    port: web.port,
  }),
  z.object({
    type: z.literal('sftp'),
    host: Host,
    port: Port.optional(),
    user: z.string().regex(/^[a-zA-Z0-9._-]+$/),
    path: Folder,
    /** A private key in PEM. */
    key: ConfigName,
    /** SHA-256 of the host’s key in hexadecimal: the host must have this one. */
    fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  }),
])
export type RepositoryStorage = z.output<typeof RepositoryStorage>

/** A place for backups outside the lineages' own folders, which pgBackRest writes to. */
export const Repository = z
  .object({
    name: RepositoryName,
    /** Whose config values its keys name. */
    project: ProjectName,
    storage: RepositoryStorage,
    /** The config value with which everything is encrypted before it leaves (AES-256-CBC). It cannot be changed later. */
    passphrase: ConfigName.optional(),
    /** WAL is pushed by a process in the background, many files at once: worth it where an answer takes long. */
    asynchronous: z.boolean(),
    /** As the off-site one: how long a base backup stays beyond what the instance's policy keeps. */
    keepMs: z.int().positive().optional(),
    createdAt: Instant,
  })
  .meta({ id: 'Repository' })
export type Repository = z.output<typeof Repository>

/** The names of config values that a repository needs. */
export function configsOf({ storage, passphrase }: Pick<Repository, 'storage' | 'passphrase'>) {
  const names = [
    ...('key' in storage ? [storage.key] : []),
    ...('secret' in storage ? [storage.secret] : []),
    passphrase,
  ]
  return names.filter((name) => name !== undefined)
}

/** What came of writing, reading and removing a file there. */
export const RepositoryCheck = z
  .object({
    name: RepositoryName,
    ok: z.boolean(),
    /** What works, or what is wrong and where: a sentence. */
    sentence: z.string(),
    /** Which of these failed; unset when all is well. */
    fault: z
      .enum([
        'name',
        'connection',
        'tls',
        'credentials',
        'missing',
        'passphrase',
        'space',
        'server',
        'timeout',
        'other',
      ])
      .optional(),
    checkedAt: Instant,
  })
  .meta({ id: 'RepositoryCheck' })
export type RepositoryCheck = z.output<typeof RepositoryCheck>
