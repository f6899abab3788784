import type { lineageApi } from '../../contract/api/lineages.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { instanceOfLineage } from '../../operations/lineage/instance-of.ts'
import { lineageById } from '../../operations/lineage/lineage-of.ts'
import { planPrune } from '../../operations/lineage/plan-prune.ts'
import { repositoryAccess } from '../../operations/repositories.ts'
import { lineageImport, lineageRemove } from '../../operations/procedures/lineage.ts'
import { prune } from '../../operations/procedures/prune.ts'
import type { Services } from '../services.ts'
import { ofLineage } from '../../operations/lineage/title-of.ts'
import { refuseRead } from '../../operations/lineage/refuse-read.ts'
import { lineageView, lineagesOf } from '../views/lineage-view.ts'
import { operationView } from '../views/operation-view.ts'

export function lineageHandlers(s: Services): Handlers<typeof lineageApi> {
  return {
    async listLineages(asked) {
      const found = await lineagesOf(s, asked)
      return Promise.all(found.map((lineage) => lineageView(s, lineage)))
    },
    getLineage: async ({ lineage }) => lineageView(s, await lineageById(s, lineage)),
    async removeLineage({ lineage }) {
      const found = await lineageById(s, lineage)
      await refuseWritten(s, found)
      await refuseRead(s, lineage)
      const input = { lineage, ...ofLineage(found) }
      return operationView(await enqueue(s, lineageRemove, input))
    },
    planPrune: async ({ lineage, force }) => planPrune(s, await lineageById(s, lineage), { force }),
    async pruneLineage({ lineage, force }) {
      const input = { lineage, force, ...ofLineage(await lineageById(s, lineage)) }
      return operationView(await enqueue(s, prune, input))
    },
    async importLineages({ directory, repository }) {
      const place = directory ?? repository
      if (place === undefined || (directory !== undefined && repository !== undefined)) {
        throw new AppError('USAGE', 'lineages are taken over from a folder or from a repository')
      }
      if (repository !== undefined) await repositoryAccess(s, repository)
      return operationView(await enqueue(s, lineageImport, { place }))
    },
  }
}

/** What an instance writes now is all that it could be restored from. */
async function refuseWritten(s: Services, { id }: LineageDocument): Promise<void> {
  const writer = await instanceOfLineage(s, id)
  if (!writer) return
  throw new AppError('CHANGE_REFUSED', `“${writer.service}” writes to the lineage ${id} now`, {
    hint: `Nothing was removed. Single backups go with \`howdah backup rm\`; the whole lineage only after \`howdah down ${writer.service}\`.`,
  })
}
