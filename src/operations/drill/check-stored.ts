import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DrillCheck } from '../../contract/drill.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import type { Dependencies } from '../dependencies.ts'
import { inOneSentence, verifyBackup } from '../lineage/verify-backup.ts'
import type { StepContext } from '../procedure.ts'

/** Whether every file of the backup and every WAL file after it is there and as it was written. */
export async function checkStored(
  d: Dependencies,
  lineage: LineageDocument,
  backup: Backup,
  s: StepContext,
): Promise<DrillCheck> {
  const damage = await verifyBackup(d, lineage.id, backup.id, s)
  return damage.length > 0
    ? { kind: 'backup', outcome: 'failed', sentence: inOneSentence(damage) }
    : {
        kind: 'backup',
        outcome: 'passed',
        sentence: `every file of ${backup.id} (${describeBytes(backup.sizeBytes)}) and the WAL after it are as they were written`,
      }
}
