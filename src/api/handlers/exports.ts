import type { exportApi } from '../../contract/api/exports.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { enqueue } from '../../operations/enqueue.ts'
import { instanceOf } from '../../operations/members.ts'
import { exportInstance } from '../../operations/procedures/export.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

export function exportHandlers(s: Services): Handlers<typeof exportApi> {
  return {
    async exportInstance(asked) {
      await instanceOf(s, asked.project, asked.service)
      return operationView(await enqueue(s, exportInstance, asked))
    },
  }
}
