import type { Dependencies } from '../dependencies.ts'
import { AppError } from '../../errors/app-error.ts'

/** Removes what the cluster knows of a host itself. What is or was on it keeps its documents; a project without instances is anybody’s. */
export async function forgetHost({ store, documents }: Dependencies, name: string): Promise<void> {
  const { projects, instances } = documents
  const inUse = new Set((await instances.list()).map(({ value }) => value.project))
  const free = (await projects.list()).filter(
    ({ value }) => value.host === name && !inUse.has(value.name),
  )
  const anybodys = free.map(({ value, revision }) => {
    const { host: _, ...rest } = value
    return projects.put([value.name], rest, revision)
  })
  await store.write([
    ...anybodys,
    documents.hosts.remove([name]),
    documents.hostStatus.remove([name]),
  ])
}

/** Ends the operations that a lost host left behind, so that what they held is free; nobody else could go on with them. */
export async function endOperationsOf(d: Dependencies, host: string): Promise<void> {
  const { operations, locks } = d.documents
  const error = new AppError('HOST_DOWN', `its host “${host}” was lost`).toJSON()
  for (const { value, revision } of await operations.list()) {
    if (value.host !== host || value.finishedAt !== undefined) continue
    const finishedAt = new Date().toISOString()
    const ended = { ...value, state: 'failed' as const, error, finishedAt }
    const held = (await locks.list()).filter((lock) => lock.value.operation === value.id)
    await d.store.write([
      operations.put([value.id], ended, revision),
      ...held.map(({ key, revision: of }) => ({ kind: 'delete', key, ifRevision: of }) as const),
    ])
  }
}
