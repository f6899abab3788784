import type { Archive } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Dependencies } from '../dependencies.ts'
import { editLineage } from './lineage-of.ts'

/**
 * The instance goes, its history stays: takes in what its stopped server archived last, and notes that no more comes.
 * WAL that did not reach the archive is named in an event, because it goes with the data.
 */
export async function closeLineage(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument | undefined,
): Promise<void> {
  const archive = await d.backups.of(lineage).archive(lineage, member)
  await d.store.write([d.documents.archives.put([lineage.id], { format: 1, ...archive })])
  const lost = lineage.closedAt ? undefined : await lostWith(d, lineage, member, archive)
  if (lost) {
    const subject = `${lineage.project}/${lineage.service}`
    const message = `${lost}; its lineage ${lineage.id} ends before that`
    await d.event({ severity: 'error', kind: 'archive-lost', subject, message })
  }
  const closedAt = new Date().toISOString()
  await editLineage(d, lineage.id, (l) => ({ ...l, closedAt: l.closedAt ?? closedAt }))
}

/** What of an instance is in no archive when it goes, a sentence; nothing of one that nobody ever could write to. */
async function lostWith(
  d: Dependencies,
  { recipe }: LineageDocument,
  member: MemberDocument | undefined,
  { backlog, completeUntil }: Archive,
): Promise<string | undefined> {
  const { segments, oldest } = backlog
  if (segments > 0) {
    return `${segments} WAL files from ${oldest ?? 'the last'} on were not archived before the instance went`
  }
  const wasOpen = recipe.sealedPassword !== ''
  if (!member || !wasOpen || (await d.driver.endedInOrder(member))) return undefined
  return `the server had not ended in order before the instance went, so what it committed after ${completeUntil ?? 'its start'} was not archived`
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
