import type { Operation } from '../contract/operation.ts'
import type { Snapshot } from '../contract/snapshot.ts'
import type { Daemon } from './context.ts'

/** The snapshots of the operation's instances that were taken since it began. */
export async function newSnapshots(
  daemon: Daemon,
  project: string,
  operation: Operation,
): Promise<Snapshot[]> {
  const snapshots = await daemon.api.listSnapshots({ project })
  const sinceMs = Date.parse(operation.createdAt)
  return snapshots.filter(
    (snapshot) =>
      operation.subjects.includes(`${snapshot.project}/${snapshot.service}`) &&
      Date.parse(snapshot.createdAt) >= sinceMs,
  )
}
