import type { Archive } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOfLineage } from '../lineage/instance-of.ts'

/** What a lineage's archive has now, with all that its server handed over. */
export async function archiveOf(
  d: Dependencies,
  lineage: LineageDocument,
): Promise<Pick<Archive, 'endLsn' | 'completeUntil'>> {
  const writer = await instanceOfLineage(d, lineage.id)
  const member = writer && (await d.documents.members.get(writer.project, writer.service, '0'))
  const { endLsn, completeUntil } = await d.backups.of(lineage).archive(lineage, member?.value)
  return { ...(endLsn ? { endLsn } : {}), ...(completeUntil ? { completeUntil } : {}) }
}
