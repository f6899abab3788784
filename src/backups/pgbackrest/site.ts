import { join } from 'node:path'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Repository } from '../../contract/repository.ts'
import { pgbackrestFiles, type RepositoryAccess } from '../../core/config/pgbackrest.ts'
import {
  parsePgbackrestVersion,
  type PgbackrestVersion,
  refusalOf,
  type Wish,
} from '../../core/pgbackrest/version-limits.ts'
import { keptIn } from '../../core/policy/kept-in.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import { readText } from '../../system/files.ts'
import type { PgbackrestProgram } from '../../system/tools/pgbackrest.ts'

/** The pgBackRest of a host. */
export interface PgbackrestHost {
  readonly program: PgbackrestProgram
  /** Who servers run as, and so pgBackRest; undefined: as us. */
  readonly account: Account | undefined
  /** How long a store may be silent; 20 s unless said. */
  readonly answerS?: number
}

/** What the engine works with on its host. */
export interface PgbackrestSite extends PgbackrestHost {
  /** A repository with what its keys name. Throws REPOSITORY_NOT_FOUND, CONFIG_MISSING. */
  readonly repository: (name: string) => Promise<RepositoryAccess>
  /** Where this machine keeps a lineage. */
  readonly placeLineage: (id: string) => string
}

/** The version of the program, or NOT_SUPPORTED when it says none that we know. */
export function versionOf({ program }: Pick<PgbackrestSite, 'program'>): PgbackrestVersion {
  const version = parsePgbackrestVersion(program.version)
  if (version) return version
  const message = `${program.path} says that it is “${program.version}”, which is no pgBackRest`
  throw new AppError('NOT_SUPPORTED', message)
}

/** Throws NOT_SUPPORTED, with the release that could, when the program here cannot do it. */
export function expectSupport(site: Pick<PgbackrestSite, 'program'>, wish: Wish): void {
  const refusal = refusalOf(versionOf(site), wish)
  if (refusal === undefined) return
  throw new AppError('NOT_SUPPORTED', refusal, {
    details: { program: site.program.path },
    hint: 'Install a newer one, from apt.postgresql.org or yum.postgresql.org say, then restart the daemon: `howdah daemon stop`.',
  })
}

/**
 * The repositories of a lineage, by their numbers from 1: the one that it began in, which is the policy's or the lineage's own
 * folder, then the off-site one. A policy that names another repository later is for the next lineage: this one's history stays whole.
 */
export async function repositoriesOf(
  site: PgbackrestSite,
  lineage: LineageDocument,
): Promise<[RepositoryAccess, ...RepositoryAccess[]]> {
  const { offsite } = keptIn(lineage)
  const repository = await beganIn(lineage)
  const first =
    repository === undefined ? ownRepository(lineage) : await site.repository(repository)
  if (offsite === undefined || offsite === repository) return [first]
  return [first, await site.repository(offsite)]
}

/** The name of the first repository; undefined: the lineage's own folder. */
async function beganIn(lineage: LineageDocument): Promise<string | undefined> {
  const { repository } = keptIn(lineage)
  if (lineage.keptIn) return repository
  // An earlier version kept it in a file: the policy may have changed since.
  const note = await readText(join(lineage.directory, 'first-repository'))
  return note === undefined ? repository : note.trim() || undefined
}

function ownRepository({ directory, project, createdAt }: LineageDocument): RepositoryAccess {
  const repository: Repository = {
    name: 'this machine',
    project,
    storage: { type: 'posix', path: pgbackrestFiles(directory).repository },
    asynchronous: false,
    createdAt,
  }
  return { repository, values: new Map() }
}
