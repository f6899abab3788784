import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { withKnownUntil } from '../../core/wal/known-until.ts'
import type { Dependencies } from '../dependencies.ts'
import { handOver } from './hand-over.ts'
import { editLineage } from './lineage-of.ts'

/**
 * The instance goes, its history stays: takes in what its stopped server archived last, and what it did not, and notes that no
 * more comes. Throws WAL_UNARCHIVED when something would go with the data; where that is accepted, it is named in an event.
 */
export async function closeLineage(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
  accepted: { acceptLoss: boolean } = { acceptLoss: false },
): Promise<void> {
  if (lineage.closedAt !== undefined) return
  const { archive, lost } = await handOver(d, lineage, member, accepted)
  if (archive) {
    const before = (await d.documents.archives.get(lineage.id))?.value
    const known = withKnownUntil(archive, before)
    await d.store.write([d.documents.archives.put([lineage.id], { format: 1, ...known })])
  }
  if (lost) {
    const subject = `${lineage.project}/${lineage.service}`
    const message = `${lost}; its lineage ${lineage.id} ends before that`
    await d.event({ severity: 'error', kind: 'archive-lost', subject, message })
  }
  const closedAt = new Date().toISOString()
  try {
    await editLineage(d, lineage.id, (l) => ({ ...l, closedAt: l.closedAt ?? closedAt }))
  } catch (error) {
    // Its place is not there to be told, which was accepted; we have it noted.
    if (archive) throw error
  }
}

/**
 * Removes a lineage with all its backups for good. Safe to repeat. One whose files are in someone else's folder, which was
 * imported, is only forgotten.
 */
export async function removeLineage(d: Dependencies, lineage: LineageDocument): Promise<void> {
  const { lineages, backups, archives, drills } = d.documents
  const isOurs = lineage.directory === d.driver.placeLineage(lineage.id)
  if (isOurs) await d.backups.of(lineage).removeLineage(lineage)
  const kept = await backups.list(lineage.id)
  const tried = await drills.list(lineage.id)
  await d.store.write([
    ...kept.map((b) => backups.remove([lineage.id, b.value.id])),
    ...tried.map((drill) => drills.remove([lineage.id, drill.value.id])),
    archives.remove([lineage.id]),
    lineages.remove([lineage.id]),
  ])
}
