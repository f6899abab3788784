import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import { pgbackrestFiles, type RepositoryAccess } from '../../core/config/pgbackrest.ts'
import { type Call, caller } from './call.ts'
import { type PgbackrestSite, repositoriesOf } from './site.ts'
import { writeConfiguration } from './write-configuration.ts'

/** A lineage as pgBackRest's commands see it: a stanza of the lineage's name, in one or two repositories. */
export interface Stanza {
  readonly lineage: LineageDocument
  readonly site: PgbackrestSite
  readonly files: ReturnType<typeof pgbackrestFiles>
  /** By number, from 1. */
  readonly repositories: readonly [RepositoryAccess, ...RepositoryAccess[]]
  readonly call: Call
}

/**
 * The stanza of a lineage with its configuration as the repositories and their keys are now: a key that was changed is in it from
 * here on, and a server that archives meanwhile reads the old file or the new one.
 */
export async function openStanza(site: PgbackrestSite, lineage: LineageDocument): Promise<Stanza> {
  const repositories = await repositoriesOf(site, lineage)
  const { directory, recipe } = lineage
  const { backlogBytes } = recipe.policy
  await writeConfiguration(site, { directory, repositories, backlogBytes })
  const files = pgbackrestFiles(directory)
  const call = caller(site, repositories, { configFile: files.config, stanza: lineage.id })
  return { lineage, site, files, repositories, call }
}

/** Options that say where the server is; on the command line, so that the configuration says nothing of a member. */
export const serverOptions = (member: MemberDocument): string[] => [
  `--pg1-path=${dataOf(member)}`,
  `--pg1-socket-path=${member.socketDirectory}`,
  `--pg1-port=${member.endpoint.port}`,
  `--pg1-user=${SUPERUSER}`,
]

export const dataOf = ({ directory }: Pick<MemberDocument, 'directory'>): string =>
  `${directory}/data`
