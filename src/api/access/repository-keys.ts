import { type Caller, covers } from '../../contract/access.ts'
import { configsOf } from '../../contract/repository.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'

/**
 * The configs of a project that open a repository, where the backups of all projects may lie, as far as this caller may not
 * have them: only this machine and admins of all projects may.
 */
export async function keysKeptFrom(
  documents: Documents,
  { from, role, projects }: Caller,
  project: string,
): Promise<ReadonlySet<string>> {
  if (from === 'socket' || (covers(role, 'admin') && projects === undefined)) return new Set()
  const repositories = (await documents.repositories.list()).map((r) => r.value)
  return new Set(
    repositories.filter((r) => r.project === project).flatMap((r) => [...configsOf(r)]),
  )
}

/** FORBIDDEN when one of the names is such a config. */
export async function expectNoKeys(
  documents: Documents,
  caller: Caller,
  project: string,
  names: readonly string[],
): Promise<void> {
  const kept = await keysKeptFrom(documents, caller, project)
  const name = names.find((one) => kept.has(one))
  if (name === undefined) return
  throw new AppError(
    'FORBIDDEN',
    `${name} opens a repository of backups, which needs the role admin for all projects`,
  )
}
