import type { Damage } from '../../backups/backup-engine.ts'
import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { parseWalFileName, segmentPlace } from '../../core/wal/segment-name.ts'
import type { Watch } from '../../drivers/driver.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupById } from './backups-of.ts'
import { lineageById } from './lineage-of.ts'
import { tellIfNoneIsGood } from './none-is-good.ts'

/**
 * Reads all of a backup and of the WAL from its start on, and gives what is damaged. What spoils every restore from the backup is
 * noted with it, so that none begins there; a damaged WAL file after it leaves it good for the moments before.
 */
export async function verifyBackup(
  d: Dependencies,
  lineageId: string,
  id: string,
  watch: Watch,
): Promise<Damage[]> {
  const lineage = await lineageById(d, lineageId)
  const backup = await backupById(d, lineageId, id)
  const found = await d.backups.of(lineage).verify(lineage, backup, watch)
  const own = found.filter((damage) => spoilsAll(damage, lineage, backup))
  await keepFinding(d, lineage, { ...backup, verifiedAt: new Date().toISOString() }, own)
  return found
}

/**
 * Reads a backup's own files while a server is made of them. BACKUP_DAMAGED, also noted with the backup, when one is not as it was
 * copied: what is made may then not be handed over.
 */
export async function compareBackup(
  d: Dependencies,
  lineage: LineageDocument,
  backup: BackupDocument,
  watch: Watch,
): Promise<void> {
  const found = await d.backups.of(lineage).compare(lineage, backup, watch)
  if (found.length === 0) return
  const now = await backupById(d, lineage.id, backup.id)
  await keepFinding(d, lineage, now, found)
  const message = `the backup ${backup.id} is damaged, and nothing is restored from it: ${inOneSentence(found)}`
  throw new AppError('BACKUP_DAMAGED', message, { details: { backup: backup.id } })
}

/** Notes with a backup what is damaged in it, or that nothing is; new damage is told. */
async function keepFinding(
  d: Dependencies,
  lineage: LineageDocument,
  { damage: known, ...sound }: BackupDocument,
  own: readonly Damage[],
): Promise<void> {
  const { id } = sound
  const damage = own.length > 0 ? inOneSentence(own) : undefined
  const next: BackupDocument = { ...sound, ...(damage ? { damage } : {}) }
  await d.store.write([d.documents.backups.put([lineage.id, id], next)])
  if (!damage || damage === known) return
  const subject = `${lineage.project}/${lineage.service}`
  const message = `the backup ${id} of ${subject} is damaged: ${damage}`
  await d.event({ severity: 'error', kind: 'backup-damaged', subject, message })
  await tellIfNoneIsGood(d, lineage)
}

/** Damage of the backup's own files, and of WAL that was written while it was copied: only with that is the copy consistent. */
function spoilsAll(
  { where }: Damage,
  { walSegmentBytes }: LineageDocument,
  { stopLsn }: BackupDocument,
): boolean {
  const wal = parseWalFileName(where)
  if (!wal) return true
  if (wal.kind !== 'segment') return false
  return segmentPlace(wal.segment, walSegmentBytes).startLsn < lsnOf(stopLsn)
}

/** Thousands of damaged files tell no more than the first. */
const MOST_NAMED = 5

export function inOneSentence(damage: readonly Damage[]): string {
  const first = damage.slice(0, MOST_NAMED).map((found) => found.sentence)
  const more = damage.length - first.length
  return [...first, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}
