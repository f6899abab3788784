import type { Dependencies } from '../dependencies.ts'
import { AppError } from '../../errors/app-error.ts'

/** Removes what the cluster knows of a host itself. What is or was on it keeps its documents. */
export async function forgetHost({ store, documents }: Dependencies, name: string): Promise<void> {
  await store.write([documents.hosts.remove([name]), documents.hostStatus.remove([name])])
}

/** Ends the operations that a lost host left behind, so that what they held is free; nobody else could go on with them. */
export async function endOperationsOf(d: Dependencies, host: string): Promise<void> {
  const { operations, locks } = d.documents
  const error = new AppError('HOST_DOWN', `its host “${host}” was lost`).toJSON()
  for (const { value, revision } of await operations.list()) {
    if (value.host !== host || value.finishedAt !== undefined) continue
    const finishedAt = new Date().toISOString()
    const ended = { ...value, state: 'failed' as const, error, finishedAt }
    await d.store.write([
      operations.put([value.id], ended, revision),
      ...value.subjects.map((subject) => locks.remove([subject])),
    ])
  }
}
