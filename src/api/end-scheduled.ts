import type { OperationDocument } from '../contract/documents/operation.ts'
import { isOwn } from '../contract/own-host.ts'
import { AppError } from '../errors/app-error.ts'
import { requestCancel } from '../operations/request-cancel.ts'
import type { Services } from './services.ts'

/**
 * Has scheduled work of this host, such as a restore drill, end before servers are stopped: nobody waits for it, and it is due again
 * later. OPERATION_CONFLICT for work that a person began.
 */
export async function endScheduled(s: Services, signal: AbortSignal): Promise<void> {
  const done = new AbortController()
  const changes = s.store.watch(
    `${s.documents.locks.prefix}/`,
    AbortSignal.any([signal, done.signal]),
  )
  try {
    if (await askAll(s)) return
    for await (const change of changes) {
      if (change.kind === 'delete' && (await askAll(s))) return
    }
    signal.throwIfAborted()
  } finally {
    done.abort()
  }
}

/** True when nothing is under way any more. */
async function askAll(s: Services): Promise<boolean> {
  const { locks, operations } = s.documents
  const held = new Set((await locks.list()).map((l) => l.value.operation))
  let isBusy = false
  for (const id of held) {
    const operation = (await operations.get(id))?.value
    // Another host's goes on there. One that is gone by now is looked for again when its lock goes.
    if (operation && !isOwn(s.host, operation)) continue
    isBusy = true
    if (operation && !isScheduled(operation)) throw underWay(operation)
    if (operation && !operation.cancelRequested) await requestCancel(s, id)
  }
  return !isBusy
}

/** The schedules say so in the input of what they begin. */
const isScheduled = ({ input }: OperationDocument): boolean =>
  (input as { scheduled?: unknown } | null)?.scheduled === true

const underWay = ({ id, title }: OperationDocument): AppError =>
  new AppError('OPERATION_CONFLICT', `“${title}” is under way`, {
    details: { operation: id },
    hint: `Follow it with \`howdah ops tail ${id}\`, or end it with \`howdah ops cancel ${id}\`.`,
  })
