import type { DesiredInstance } from '../../contract/documents/work.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

/** Throws REPOSITORY_NOT_FOUND for a place that compose names and nobody made known: backups would silently not go there. */
export async function refuseUnknownRepositories(
  d: Pick<Dependencies, 'documents'>,
  services: readonly Pick<DesiredInstance, 'service' | 'backups'>[],
): Promise<void> {
  const named = services.flatMap(({ service, backups }) =>
    [backups?.repository, backups?.offsite].flatMap((name) => (name ? [{ service, name }] : [])),
  )
  for (const { service, name } of named) {
    if (await d.documents.repositories.get(name)) continue
    const message = `the backups of “${service}” are to go to “${name}”, and there is no repository of that name`
    throw new AppError('REPOSITORY_NOT_FOUND', message, {
      hint: 'List those that there are with `howdah repository ls`, or make it known with `howdah repository add`.',
    })
  }
}
