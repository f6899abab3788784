import type { restoreApi } from '../../contract/api/restores.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { planRestore, restoreWork } from '../../operations/plan/plan-restore.ts'
import { restore } from '../../operations/procedures/restore.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

export function restoreHandlers(s: Services): Handlers<typeof restoreApi> {
  return {
    planRestore: (wanted) => planRestore(s, wanted),
    async restore(wanted) {
      if (wanted.as === undefined && !wanted.inPlace) {
        throw new AppError('USAGE', 'say what the restored instance is to be: `as` or `inPlace`')
      }
      const plan = await planRestore(s, wanted)
      const work = await restoreWork(s, wanted, plan)
      return operationView(await enqueue(s, restore, work))
    },
  }
}
