import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { withKnownUntil } from '../../core/wal/known-until.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from './backups-of.ts'
import { writerOf } from './instance-of.ts'
import type { Holdings } from './status.ts'

/**
 * What can be restored of a lineage at this moment: its repository as it is asked now, and what was seen of it before, which is
 * what people were shown. So a restore takes every moment of a window that anybody was told.
 */
export async function holdingsNow(
  d: Pick<Dependencies, 'documents' | 'backups'>,
  lineage: LineageDocument,
): Promise<Holdings> {
  const writer = await writerOf(d, lineage.id)
  const before = (await d.documents.archives.get(lineage.id))?.value
  const archive = withKnownUntil(await d.backups.of(lineage).archive(lineage, writer), before)
  return { backups: await backupsOf(d, lineage.id), archive: { format: 1, ...archive } }
}
