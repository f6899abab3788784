import type { operationApi, operationStreams } from '../../contract/api/operations.ts'
import type { OperationDocument } from '../../contract/documents/operation.ts'
import type { Handlers, StreamHandlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { requestCancel } from '../../operations/request-cancel.ts'
import { newest } from '../access/guard.ts'
import type { Services } from '../services.ts'
import { operationView } from '../views/operation-view.ts'

export function operationHandlers(s: Services): Handlers<typeof operationApi> {
  const { operations, events } = s.documents
  return {
    async listOperations({ limit }, caller) {
      const all = (await operations.list()).map((o) => operationView(o.value))
      return (await newest(s.documents, caller, all, limit)).toReversed()
    },
    getOperation: async ({ id }) => operationView((await find(s, id)).value),
    cancelOperation: async ({ id }) => operationView(await requestCancel(s, id)),
    async listEvents({ limit }, caller) {
      const all = (await events.list()).map((e) => e.value)
      return newest(s.documents, caller, all, limit)
    },
  }
}

export function operationStreamHandlers(s: Services): StreamHandlers<typeof operationStreams> {
  const { operations, events } = s.documents
  return {
    async *watchOperation({ id }, signal) {
      const changes = s.store.watch(operations.key(id), signal)
      let now: OperationDocument = (await find(s, id)).value
      yield operationView(now)
      if (now.finishedAt) return
      for await (const change of changes) {
        if (change.kind === 'delete') return
        now = operations.parse(change.entry).value
        yield operationView(now)
        if (now.finishedAt) return
      }
    },
    async *watchEvents(_input, signal) {
      for await (const change of s.store.watch(`${events.prefix}/`, signal)) {
        if (change.kind === 'put') yield events.parse(change.entry).value
      }
    },
  }
}

async function find(s: Services, id: string) {
  const found = await s.documents.operations.get(id)
  if (found) return found
  throw new AppError('OPERATION_NOT_FOUND', `there is no operation ${id}`)
}
