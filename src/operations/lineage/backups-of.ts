import type { BackupDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'

/** The backups of a lineage, oldest first. */
export async function backupsOf(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
): Promise<BackupDocument[]> {
  const found = await d.documents.backups.list(lineage)
  return found.map((b) => b.value).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** A backup by its id or the name that it was kept under; BACKUP_NOT_FOUND. */
export async function backupById(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
  idOrName: string,
): Promise<BackupDocument> {
  const all = await backupsOf(d, lineage)
  const found = all.find((b) => b.id === idOrName) ?? all.find((b) => b.name === idOrName)
  if (found) return found
  throw new AppError('BACKUP_NOT_FOUND', `the lineage ${lineage} has no backup “${idOrName}”`)
}
