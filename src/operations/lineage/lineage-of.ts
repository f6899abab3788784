import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOf } from '../members.ts'

/** A lineage by its id, or LINEAGE_NOT_FOUND. */
export async function lineageById(
  d: Pick<Dependencies, 'documents'>,
  id: string,
): Promise<LineageDocument> {
  const found = await d.documents.lineages.get(id)
  if (found) return found.value
  throw new AppError('LINEAGE_NOT_FOUND', `there is no lineage “${id}”`)
}

/** The lineage that an instance writes now; LINEAGE_NOT_FOUND for one that was made before there were any. */
export async function lineageOf(
  d: Dependencies,
  project: string,
  service: string,
): Promise<LineageDocument> {
  const { lineage } = await instanceOf(d, project, service)
  if (lineage) return lineageById(d, lineage)
  throw new AppError('LINEAGE_NOT_FOUND', `“${service}” keeps no backups yet`, {
    hint: 'It was made by an earlier version: `howdah up` begins to archive it, with one restart.',
  })
}

/** Changes a lineage's document and what its repository says of it. */
export async function editLineage(
  d: Dependencies,
  id: string,
  edit: (lineage: LineageDocument) => LineageDocument,
): Promise<LineageDocument> {
  const { lineages } = d.documents
  const found = await lineages.get(id)
  if (!found) throw new AppError('LINEAGE_NOT_FOUND', `there is no lineage “${id}”`)
  const next = edit(found.value)
  if (JSON.stringify(next) === JSON.stringify(found.value)) return next
  await d.store.write([lineages.put([id], next, found.revision)])
  await d.backups.of(next).describe(next)
  return next
}
