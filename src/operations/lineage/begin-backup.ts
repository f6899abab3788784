import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { enqueue } from '../enqueue.ts'
import { backupCreate } from '../procedures/backup.ts'
import { backupsOf } from './backups-of.ts'
import { lineageById } from './lineage-of.ts'
import { ofLineage } from './title-of.ts'

/**
 * Has the first base backup of a lineage taken by an operation of its own, so that what began it does not hold the instance for as
 * long. Nothing when there is one, or one is under way. Safe to repeat.
 */
export async function beginBackup(d: Dependencies, lineage: string): Promise<void> {
  if ((await backupsOf(d, lineage)).length > 0) return
  const of = ofLineage(await lineageById(d, lineage))
  const asked = { lineage, kind: 'full' as const, scheduled: true, ...of }
  try {
    await enqueue(d, backupCreate, asked)
  } catch (error) {
    if (AppError.from(error).code !== 'OPERATION_CONFLICT') throw error
  }
}
