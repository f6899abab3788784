import type { SnapshotDocument } from '../../contract/documents/snapshot.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

/** A kept snapshot that a server of this major can start from. */
export async function snapshotToRestore(
  d: Dependencies,
  name: string,
  major: number,
): Promise<SnapshotDocument> {
  const found = await d.documents.snapshots.get(name)
  if (!found) throw new AppError('SNAPSHOT_NOT_FOUND', `there is no snapshot “${name}”`)
  const snapshotMajor = Number(found.value.version.split('.')[0])
  if (snapshotMajor !== major) {
    throw new AppError(
      'CHANGE_REFUSED',
      `the snapshot “${name}” is of Postgres ${snapshotMajor} and compose asks for ${major}; a physical copy starts on its own major alone`,
    )
  }
  return found.value
}
