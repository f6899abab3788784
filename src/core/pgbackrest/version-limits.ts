import type { RepositoryStorage } from '../../contract/repository.ts'

/** A release of pgBackRest. */
export interface PgbackrestVersion {
  readonly major: number
  readonly minor: number
}

/** Reads `pgBackRest 2.55.1`; undefined when the text is none. */
export function parsePgbackrestVersion(text: string): PgbackrestVersion | undefined {
  const [, major, minor] = /^pgBackRest (\d+)\.(\d+)/.exec(text.trim()) ?? []
  if (major === undefined || minor === undefined) return undefined
  return { major: Number(major), minor: Number(minor) }
}

export const versionText = ({ major, minor }: PgbackrestVersion): string => `${major}.${minor}`

/** The oldest that we have seen work, Debian 12's; 2.41 brought the annotations by which we know our backups again. */
const OLDEST = release(45)

/**
 * The first release that knows each Postgres major from 16 on, by pgBackRest's release notes: a newer server's control file is
 * refused. 2.52 and 2.53 knew betas of 17. 18 was seen to work with 2.55.1.
 */
const FIRST_FOR_MAJOR: ReadonlyMap<number, PgbackrestVersion> = new Map([
  [16, release(46)],
  [17, release(54)],
  [18, release(55)],
])

/** Blocks of files instead of whole files in smaller backups; a beta in 2.45. */
export const takesBlocks = (version: PgbackrestVersion): boolean => isAtLeast(version, release(46))

/** What a lineage would ask of the program. */
export interface Wish {
  readonly major?: number
  readonly storage?: RepositoryStorage
}

/** Why this release cannot do that, and which can: a sentence. Undefined when it can. */
export function refusalOf(
  version: PgbackrestVersion,
  { major, storage }: Wish,
): string | undefined {
  const lacks = (what: string, first: PgbackrestVersion): string | undefined =>
    isAtLeast(version, first)
      ? undefined
      : `pgBackRest ${versionText(version)} ${what}; ${versionText(first)} and later do`
  return (
    lacks('is older than any that we know to work', OLDEST) ??
    lacks(`does not know Postgres ${major}`, FIRST_FOR_MAJOR.get(major ?? 0) ?? OLDEST) ??
    (storage?.type === 'sftp' ? lacks('has no SFTP', release(46)) : undefined) ??
    (namesAnAddress(storage)
      ? lacks('compares certificates with names, never with addresses', release(53))
      : undefined)
  )
}

/** Whether a store's certificate would have to be valid for an IP address. */
function namesAnAddress(storage: RepositoryStorage | undefined): boolean {
  if (!storage || !('endpoint' in storage) || storage.endpoint === undefined) return false
  return /^[\d.]+$|:/.test(storage.endpoint)
}

function release(minor: number): PgbackrestVersion {
  return { major: 2, minor }
}

const isAtLeast = (version: PgbackrestVersion, first: PgbackrestVersion): boolean =>
  version.major > first.major || (version.major === first.major && version.minor >= first.minor)
