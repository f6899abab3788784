import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { undamaged } from '../../core/policy/backup-chain.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from './backups-of.ts'
import { instanceOfLineage } from './instance-of.ts'

/** Tells that nothing of a lineage can be restored any more, after a damage was found; nothing while one of its backups is good. */
export async function tellIfNoneIsGood(
  d: Pick<Dependencies, 'documents' | 'event'>,
  lineage: LineageDocument,
): Promise<void> {
  const backups = await backupsOf(d, lineage.id)
  if (backups.length === 0 || undamaged(backups).length > 0) return
  const writer = await instanceOfLineage(d, lineage.id)
  const subject = `${lineage.project}/${lineage.service}`
  const next = writer
    ? 'nothing of it can be restored until a new one is whole, which is taken as soon as its server allows'
    : 'nothing of it can be restored, unless its files are brought back from elsewhere'
  await d.event({
    severity: 'error',
    kind: 'nothing-restorable',
    subject,
    message: `every base backup of ${subject} (${backups.length}) is damaged or gone: ${next}`,
  })
}
