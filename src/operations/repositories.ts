import type { RepositoryDocument } from '../contract/documents/repository.ts'
import { configsOf, Repository } from '../contract/repository.ts'
import type { RepositoryAccess } from '../core/config/pgbackrest.ts'
import { keptIn } from '../core/policy/kept-in.ts'
import { AppError } from '../errors/app-error.ts'
import { revealConfig } from './config-values.ts'
import type { Dependencies } from './dependencies.ts'

export type { RepositoryAccess }

type Known = Pick<Dependencies, 'documents' | 'secrets'>

/** A repository with what its keys name. Throws REPOSITORY_NOT_FOUND, and CONFIG_MISSING with the names that are not set. */
export async function repositoryAccess(d: Known, name: string): Promise<RepositoryAccess> {
  const found = await d.documents.repositories.get(name)
  if (found) return accessTo(d, found.value)
  throw new AppError('REPOSITORY_NOT_FOUND', `there is no repository “${name}”`)
}

/** The same for one that nobody has written yet. */
export async function accessTo(d: Known, document: RepositoryDocument): Promise<RepositoryAccess> {
  const repository = Repository.parse(document)
  const { project, name } = repository
  const wanted = configsOf(repository)
  const values = await revealConfig(d, project, wanted)
  const missing = wanted.filter((config) => !values.has(config))
  if (missing.length === 0) return { repository, values }
  const message = `the repository “${name}” needs configs that the project “${project}” does not have: ${missing.join(', ')}`
  throw new AppError('CONFIG_MISSING', message, { details: { project, names: missing } })
}

/** The lineages whose backups are in a repository, or go there. */
export async function lineagesIn(d: Pick<Dependencies, 'documents'>, name: string) {
  const all = await d.documents.lineages.list()
  return all
    .map(({ value }) => value)
    .filter((lineage) => {
      const { repository, offsite } = keptIn(lineage)
      return repository === name || offsite === name
    })
}
