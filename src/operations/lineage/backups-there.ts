import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from './backups-of.ts'
import { tellIfNoneIsGood } from './none-is-good.ts'

/**
 * The backups of a lineage by what its repository has, with what we know of each: one that is there without our knowing is taken
 * up, and one that is gone without our doing is told and given as damaged.
 */
export async function backupsThere(
  d: Dependencies,
  lineage: LineageDocument,
): Promise<BackupDocument[]> {
  const { id } = lineage
  const there = await d.backups.of(lineage).backups(lineage)
  const known = await backupsOf(d, id)
  const unknown = there.filter((t) => !known.some((k) => k.id === t.id))
  if (unknown.length > 0) {
    const { backups } = d.documents
    await d.store.write(unknown.map((b) => backups.put([id, b.id], { format: 1, ...b }, 0)))
  }
  const isThere = (backup: BackupDocument): boolean => there.some((t) => t.id === backup.id)
  const gone = known.filter((k) => !isThere(k) && k.damage === undefined)
  await noteGone(d, lineage, gone)
  const back = known.filter((k) => isThere(k) && k.damage === GONE)
  if (back.length > 0) {
    const { backups } = d.documents
    await d.store.write(
      back.map(({ damage: _gone, ...sound }) => backups.put([id, sound.id], sound)),
    )
  }
  return backupsOf(d, id)
}

const GONE = 'it is not in its repository'

/** With the backup, so that none is counted on that is not there, and a new one is taken. */
async function noteGone(
  d: Dependencies,
  lineage: LineageDocument,
  gone: readonly BackupDocument[],
): Promise<void> {
  if (gone.length === 0) return
  const { project, service, id, directory } = lineage
  const { backups } = d.documents
  await d.store.write(gone.map((b) => backups.put([id, b.id], { ...b, damage: GONE })))
  await d.event({
    severity: 'error',
    kind: 'backup-missing',
    subject: `${project}/${service}`,
    message: `${gone.map((b) => b.id).join(', ')} of ${project}/${service} should be in ${directory}, and is not: nothing can be restored from it`,
  })
  await tellIfNoneIsGood(d, lineage)
}
