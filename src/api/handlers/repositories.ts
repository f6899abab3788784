import type { repositoryApi } from '../../contract/api/repositories.ts'
import type { RepositoryDocument } from '../../contract/documents/repository.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { accessTo, lineagesIn, repositoryAccess } from '../../operations/repositories.ts'
import type { Services } from '../services.ts'

export function repositoryHandlers(s: Services): Handlers<typeof repositoryApi> {
  const { repositories } = s.documents
  return {
    async listRepositories() {
      return (await repositories.list()).map(({ value }) => value)
    },
    async addRepository({ replace, ...asked }) {
      const { name } = asked
      const known = await repositories.get(name)
      if (known && !replace) {
        throw new AppError('REPOSITORY_EXISTS', `there is a repository “${name}” already`)
      }
      const createdAt = known?.value.createdAt ?? new Date().toISOString()
      const document: RepositoryDocument = { format: 1, ...asked, createdAt }
      if (known) await expectSamePlace(known.value, document)
      await s.repositories.admit(await accessTo(s, document))
      await s.store.write([repositories.put([name], document, known?.revision ?? 0)])
      return document
    },
    async checkRepository({ name }) {
      return s.repositories.check(await repositoryAccess(s, name))
    },
    async removeRepository({ name }) {
      if (!(await repositories.get(name))) {
        throw new AppError('REPOSITORY_NOT_FOUND', `there is no repository “${name}”`)
      }
      const users = await lineagesIn(s, name)
      if (users.length > 0) {
        const who = users.map((l) => `${l.id} (${l.project}/${l.service})`).join(', ')
        throw new AppError('CHANGE_REFUSED', `the repository “${name}” has backups of ${who}`, {
          details: { lineages: users.map(({ id }) => id) },
          hint: 'Remove those lineages first, with `howdah lineage rm ID`; what lies in the repository stays.',
        })
      }
      await s.store.write([repositories.remove([name])])
      return { removed: name }
    },
  }

  /** Keys may change at any time; a lineage that is in one place cannot go on in another. */
  async function expectSamePlace(old: RepositoryDocument, anew: RepositoryDocument): Promise<void> {
    const users = await lineagesIn(s, old.name)
    if (users.length === 0 || placeOf(old) === placeOf(anew)) return
    throw new AppError(
      'CHANGE_REFUSED',
      `the repository “${old.name}” has backups of ${users.length} lineages, which would not be found at another place`,
      { hint: 'Add the other place under another name.' },
    )
  }
}

/** What of a repository says where its content is and whether it can be read. */
function placeOf({ storage, passphrase }: RepositoryDocument): string {
  const place = Object.entries(storage)
    .filter(([name]) => !['key', 'secret', 'keyType', 'caFile', 'fingerprint'].includes(name))
    .map(([name, value]) => `${name}=${value}`)
  return JSON.stringify([...place.toSorted((a, b) => (a < b ? -1 : 1)), passphrase])
}
