import { join } from 'node:path'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../account.ts'
import { freeBytes } from '../disk.ts'
import { readText } from '../files.ts'
import { run, runOk } from '../run.ts'

/** What may be chosen once, when a data directory is made; names as in initdb's own options. */
export interface ClusterOptions {
  readonly encoding?: string | undefined
  readonly locale?: string | undefined
  readonly lcCollate?: string | undefined
  readonly lcCtype?: string | undefined
  readonly lcMessages?: string | undefined
  readonly localeProvider?: 'libc' | 'icu' | 'builtin' | undefined
  readonly icuLocale?: string | undefined
  readonly icuRules?: string | undefined
  readonly builtinLocale?: string | undefined
  readonly textSearchConfig?: string | undefined
  readonly walSegmentSizeMib?: number | undefined
}

export interface Initdb {
  /** Major version of the programs in the folder of binaries. */
  readonly major: number
  /** Empty and the account's, or missing in a folder that the account may write. */
  readonly directory: string
  readonly superuser: string
  readonly options: ClusterOptions
  readonly account?: Account | undefined
  readonly signal?: AbortSignal | undefined
}

/** A new data directory takes some 40 MB, and WAL of at least 16 more. */
const neededBytes = 64 * 1024 * 1024

/**
 * Makes a data directory with data checksums. The superuser has no password, and until the caller replaces pg_hba.conf only an account of
 * its own name comes in, by the Unix socket. The caller also syncs the files: initdb is told not to.
 * Throws DISK_FULL, SETTING_INVALID (a locale this machine lacks, say) or SERVER_START_FAILED; `details.stderr` has initdb's words.
 */
export async function initdb(engineBin: string, wanted: Initdb): Promise<void> {
  const args = initdbArguments(wanted, await hasUtf8CLocale())
  try {
    await runOk(join(engineBin, 'initdb'), args, {
      code: chosen(wanted.options).length > 0 ? 'SETTING_INVALID' : 'SERVER_START_FAILED',
      // The account may not be allowed into our own folder.
      cwd: '/',
      // Its own words in English; the locale of the data is said by option. PGDATA and the like are not ours.
      env: { ...withoutPgVariables(), LC_ALL: 'C' },
      account: wanted.account,
      signal: wanted.signal,
    })
  } catch (error) {
    const free = freeBytes(wanted.directory)
    if (wanted.signal?.aborted || free >= neededBytes) throw error
    const message = `cannot make ${wanted.directory}: ${free} bytes are free there`
    throw new AppError('DISK_FULL', message, {
      details: { path: wanted.directory, freeBytes: free },
      cause: error,
    })
  }
}

/**
 * initdb's arguments. Without a word on locales the data sorts by code point and knows upper and lower case of all scripts (C.UTF-8):
 * from Postgres itself since 17, from the machine before, and where that has none, plain C.
 */
export function initdbArguments(
  { major, directory, superuser, options }: Omit<Initdb, 'account' | 'signal'>,
  machineHasUtf8C: boolean,
): string[] {
  const builtin = major >= 17 && !chosen(options).some((name) => /locale|^lc|^icu/i.test(name))
  const locale = options.locale ?? (machineHasUtf8C ? 'C.UTF-8' : 'C')
  const given: Record<string, string | number | undefined> = {
    pgdata: directory,
    username: superuser,
    'auth-local': 'peer',
    'auth-host': 'scram-sha-256',
    encoding: options.encoding ?? (takesUtf8(locale) ? 'UTF8' : undefined),
    locale,
    'lc-collate': options.lcCollate,
    'lc-ctype': options.lcCtype,
    'lc-messages': options.lcMessages,
    'locale-provider': builtin ? 'builtin' : options.localeProvider,
    'icu-locale': options.icuLocale,
    'icu-rules': options.icuRules,
    'builtin-locale': builtin ? 'C.UTF-8' : options.builtinLocale,
    'text-search-config': options.textSearchConfig,
    'wal-segsize': options.walSegmentSizeMib,
  }
  const named = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  )
  return ['--data-checksums', '--no-sync', ...(major >= 14 ? ['--no-instructions'] : []), ...named]
}

/** Puts all of a data directory on the disk; a server may run on it meanwhile. */
export async function syncDataDirectory(
  engineBin: string,
  directory: string,
  account: Account | undefined,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--sync-only', `--pgdata=${directory}`]
  await runOk(join(engineBin, 'initdb'), args, {
    code: 'SERVER_START_FAILED',
    cwd: '/',
    env: { ...withoutPgVariables(), LC_ALL: 'C' },
    account,
    signal,
  })
}

/** The major version that made a data directory, from its PG_VERSION; undefined when it is none. */
export async function dataDirectoryVersion(directory: string): Promise<number | undefined> {
  const text = (await readText(join(directory, 'PG_VERSION')))?.trim()
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function chosen(options: ClusterOptions): string[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]))
}

/** Whether UTF8 is sure to fit the locale; for another, such as de_DE, initdb knows the encoding itself. */
function takesUtf8(locale: string): boolean {
  return locale === 'C' || locale === 'POSIX' || /\.utf-?8$/i.test(locale)
}

async function hasUtf8CLocale(): Promise<boolean> {
  try {
    const { stdout } = await run('locale', ['-a'])
    return stdout.split('\n').some((name) => /^C\.utf-?8$/i.test(name.trim()))
  } catch (error) {
    // Alpine has no such program; plain C is everywhere.
    if (error instanceof AppError && error.code === 'COMMAND_NOT_FOUND') return false
    throw error
  }
}

function withoutPgVariables(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => name.startsWith('PG'))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}
