import { randomBytes } from 'node:crypto'
import type { OperationDocument } from '../contract/documents/operation.ts'
import { AppError } from '../errors/app-error.ts'
import type { Documents } from '../store/documents.ts'
import type { Dependencies } from './dependencies.ts'
import type { Procedure } from './procedure.ts'

/**
 * Writes an operation of this host and takes its subjects' locks, all or nothing. When another live operation holds a subject:
 * OPERATION_CONFLICT with `details.operation`, its id.
 */
export async function enqueue(
  { store, documents, host }: Pick<Dependencies, 'store' | 'documents' | 'host'>,
  procedure: Pick<Procedure, 'kind' | 'title' | 'subjects'>,
  input: unknown,
): Promise<OperationDocument> {
  await expectToStay(documents, host, procedure.kind)
  const id = operationId()
  const subjects = [...new Set(procedure.subjects(input))]
  const operation: OperationDocument = {
    format: 1,
    id,
    kind: procedure.kind,
    title: procedure.title(input),
    subjects,
    state: 'queued',
    steps: [],
    cancelRequested: false,
    createdAt: new Date().toISOString(),
    input,
    ...(host === undefined ? {} : { host }),
  }
  try {
    await store.write([
      documents.operations.put([id], operation, 0),
      ...subjects.map((s) => documents.locks.put([s], { format: 1, operation: id }, 0)),
    ])
    return operation
  } catch (error) {
    throw (await conflictOver(documents, subjects)) ?? error
  }
}

/** HOST_DOWN on a host that leaves its cluster: what is begun there now would be torn in two. */
async function expectToStay(
  { hosts }: Documents,
  host: string | undefined,
  kind: string,
): Promise<void> {
  if (host === undefined || kind.startsWith('host-')) return
  const own = (await hosts.get(host))?.value
  if (own?.phase !== 'leaving') return
  throw new AppError('HOST_DOWN', `the host “${host}” is leaving its cluster`, {
    hint: 'Ask another host (`howdah host ls`), or wait until it has left.',
  })
}

/** The OPERATION_CONFLICT that names the live operation which holds one of these subjects; undefined when none does. */
export async function conflictOver(
  documents: Documents,
  subjects: readonly string[],
): Promise<AppError | undefined> {
  for (const subject of subjects) {
    const lock = await documents.locks.get(subject)
    if (!lock) continue
    const holder = await documents.operations.get(lock.value.operation)
    const title = holder?.value.title ?? 'another operation'
    const message = `${subject} is busy with “${title}” (operation ${lock.value.operation})`
    return new AppError('OPERATION_CONFLICT', message, {
      details: { operation: lock.value.operation, title },
      hint: `Follow it with \`howdah ops tail ${lock.value.operation}\`, then try again.`,
    })
  }
  return undefined
}

/** Sorts by creation: base36 milliseconds (8 characters until the year 2059), then 40 random bits. */
function operationId(): string {
  const random = BigInt(`0x${randomBytes(5).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
  return `${Date.now().toString(36).padStart(8, '0')}${random}`
}
