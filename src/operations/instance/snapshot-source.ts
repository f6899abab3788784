import type { SnapshotDocument } from '../../contract/documents/snapshot.ts'
import { restoreRefusals } from '../../core/plan/restore-refusals.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Inherited } from './create.ts'
import type { Dependencies } from '../dependencies.ts'

/** A kept snapshot, or SNAPSHOT_NOT_FOUND. */
export async function snapshotOf(
  d: Pick<Dependencies, 'documents'>,
  name: string,
): Promise<SnapshotDocument> {
  const found = await d.documents.snapshots.get(name)
  if (found) return found.value
  throw new AppError('SNAPSHOT_NOT_FOUND', `there is no snapshot “${name}”`)
}

/** What an instance made from a snapshot begins with. */
export const inheritedFrom = ({ directory, lineage, createdAt }: SnapshotDocument): Inherited => ({
  source: { kind: 'copy', directory, durable: true },
  ...(lineage ? { parent: { lineage, how: 'snapshot', at: createdAt } } : {}),
})

/** A kept snapshot that an instance of this owner and major can start from; CHANGE_REFUSED when it cannot. */
export async function snapshotToRestore(
  d: Dependencies,
  name: string,
  wanted: { readonly user: string; readonly major: number },
): Promise<SnapshotDocument> {
  const snapshot = await snapshotOf(d, name)
  const refusals = restoreRefusals(snapshot, wanted)
  if (refusals.length > 0) throw new AppError('CHANGE_REFUSED', refusals.join('\n'))
  return snapshot
}
