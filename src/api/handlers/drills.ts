import type { drillApi } from '../../contract/api/drills.ts'
import type { Drill } from '../../contract/drill.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { backupById } from '../../operations/lineage/backups-of.ts'
import { instanceOfLineage } from '../../operations/lineage/instance-of.ts'
import { lineageById } from '../../operations/lineage/lineage-of.ts'
import { ofLineage } from '../../operations/lineage/title-of.ts'
import { drill } from '../../operations/procedures/drill.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

export function drillHandlers(s: Services): Handlers<typeof drillApi> {
  const all = async (...lineage: string[]): Promise<Drill[]> =>
    (await s.documents.drills.list(...lineage)).map((found) => found.value)
  return {
    async listDrills({ project, service, lineage }) {
      const found = await all(...(lineage === undefined ? [] : [lineage]))
      const nameOf = await names(s, found)
      return found
        .filter((one) => project === undefined || one.project === project)
        .filter((one) => service === undefined || nameOf(one) === service)
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    },
    async getDrill({ drill: id }) {
      const found = (await all()).find((one) => one.id === id)
      if (found) return found
      throw new AppError('DRILL_NOT_FOUND', `there is no restore drill “${id}”`)
    },
    async runDrill({ lineage, backup }) {
      const found = await lineageById(s, lineage)
      const one = backup === undefined ? undefined : await backupById(s, lineage, backup)
      const input = { lineage, ...ofLineage(found), ...(one ? { backup: one.id } : {}) }
      return operationView(await enqueue(s, drill, input))
    },
  }
}

/** What a drill's instance is called now; what it was called then, when nothing writes its lineage any more. */
async function names(s: Services, drills: readonly Drill[]): Promise<(drill: Drill) => string> {
  const now = new Map<string, string>()
  for (const lineage of new Set(drills.map((one) => one.lineage))) {
    const writer = await instanceOfLineage(s, lineage)
    if (writer) now.set(lineage, writer.service)
  }
  return ({ lineage, service }) => now.get(lineage) ?? service
}
