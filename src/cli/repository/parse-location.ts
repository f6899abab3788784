import { isAbsolute } from 'node:path'
import type { RepositoryStorage } from '../../contract/repository.ts'
import { RepositoryStorage as Storage } from '../../contract/repository.ts'
import { AppError } from '../../errors/app-error.ts'

/** The flags of `repository add` that say more of a place. */
export interface LocationFlags {
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  readonly key?: string | undefined
  readonly secret?: string | undefined
  readonly sas?: boolean | undefined
  readonly pathStyle?: boolean | undefined
  readonly caFile?: string | undefined
  readonly fingerprint?: string | undefined
}

const FORMS =
  'A place is a folder like /srv/backups, s3://BUCKET/PATH, azure://ACCOUNT/CONTAINER/PATH, gs://BUCKET/PATH or sftp://USER@HOST/PATH.'

/**
 * The storage that a place and its flags name. Throws USAGE for what is no such place, what a kind of place does not take or lacks, and
 * for a key that is not the name of a config.
 */
export function parseLocation(text: string, flags: LocationFlags): RepositoryStorage {
  const { taken, storage } = storageOf(text, flags)
  const unused = Object.entries(flags).filter(([name, value]) => value && !taken.includes(name))
  const [name] = unused[0] ?? []
  if (name !== undefined) {
    throw new AppError('USAGE', `${text} takes no --${dashed(name)}`, { hint: FORMS })
  }
  const parsed = Storage.safeParse(storage)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? 'it'
  throw new AppError('USAGE', `${text} is no such place: ${field}: ${issue?.message}`, {
    hint: FORMS,
  })
}

/** The storage as it would be, and the flags that say something of it. */
function storageOf(
  text: string,
  flags: LocationFlags,
): { readonly taken: readonly string[]; readonly storage: unknown } {
  if (isAbsolute(text)) return { taken: [], storage: { type: 'posix', path: text } }
  const url = URL.canParse(text) ? new URL(text) : undefined
  const path = decodeURIComponent(url?.pathname ?? '') || '/'
  switch (url?.protocol) {
    case 's3:':
      return {
        taken: ['endpoint', 'region', 'key', 'secret', 'pathStyle', 'caFile'],
        storage: s3(url.hostname, path, flags),
      }
    case 'azure:':
      return {
        taken: ['endpoint', 'key', 'sas', 'pathStyle', 'caFile'],
        storage: azure(url.hostname, path, flags),
      }
    case 'gs:':
      return {
        taken: ['endpoint', 'key', 'caFile'],
        storage: {
          type: 'gcs',
          bucket: url.hostname,
          path,
          ...hostAndPort(flags.endpoint),
          key: flags.key && configName(flags.key),
          caFile: flags.caFile,
        },
      }
    case 'sftp:':
      return {
        taken: ['key', 'fingerprint'],
        storage: {
          type: 'sftp',
          host: url.hostname,
          port: url.port ? Number(url.port) : undefined,
          user: decodeURIComponent(url.username),
          path,
          key: configName(needed(flags.key, text, 'key')),
          fingerprint: needed(flags.fingerprint, text, 'fingerprint').toLowerCase(),
        },
      }
    default:
      throw new AppError('USAGE', `“${text}” is no place for backups`, { hint: FORMS })
  }
}

function s3(bucket: string, path: string, flags: LocationFlags) {
  const { region = 'us-east-1' } = flags
  const { endpoint = `s3.${region}.amazonaws.com`, port } = hostAndPort(flags.endpoint)
  if ((flags.key === undefined) !== (flags.secret === undefined)) {
    throw new AppError(
      'USAGE',
      'S3 needs --key and --secret, or neither for the role of the machine',
    )
  }
  return {
    type: 's3',
    bucket,
    path,
    endpoint,
    port,
    region,
    uriStyle: flags.pathStyle ? 'path' : 'host',
    key: flags.key && configName(flags.key),
    secret: flags.secret && configName(flags.secret),
    caFile: flags.caFile,
  }
}

function azure(account: string, full: string, flags: LocationFlags) {
  const [container = '', ...rest] = full.slice(1).split('/')
  return {
    type: 'azure',
    account,
    container,
    path: `/${rest.join('/')}`,
    ...hostAndPort(flags.endpoint),
    uriStyle: flags.pathStyle ? 'path' : 'host',
    keyType: flags.sas ? 'sas' : 'shared',
    key: configName(needed(flags.key, `azure://${account}`, 'key')),
    caFile: flags.caFile,
  }
}

/** `minio.example:9000`, or an IPv6 address in brackets. */
function hostAndPort(text: string | undefined): { endpoint?: string; port?: number } {
  if (text === undefined) return {}
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined
  if (!url || url.pathname !== '/' || text.includes('/')) {
    throw new AppError('USAGE', `--endpoint is a host, or HOST:PORT, and not “${text}”`)
  }
  const endpoint = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return { endpoint, ...(url.port ? { port: Number(url.port) } : {}) }
}

/** `@NAME` → `NAME`. A key itself would be in the shell's history and in the list of processes. */
export function configName(text: string): string {
  const [, name] = /^@([A-Za-z_][A-Za-z0-9_]{0,63})$/.exec(text) ?? []
  if (name !== undefined) return name
  throw new AppError('USAGE', 'a key is given by the name of a config with an @ before it', {
    hint: 'Set it with `howdah config set S3_KEY`, and say `--key @S3_KEY`.',
  })
}

function needed(value: string | undefined, place: string, flag: string): string {
  if (value !== undefined) return value
  throw new AppError('USAGE', `${place} needs --${dashed(flag)}`)
}

const dashed = (name: string): string => name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
