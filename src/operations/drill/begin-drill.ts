import type { Backup } from '../../contract/backup.ts'
import { undamaged } from '../../core/policy/backup-chain.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupById, backupsOf } from '../lineage/backups-of.ts'

export interface Begun {
  /** `20261120-150312-1a2b3c`: sorts by its beginning. */
  readonly id: string
  readonly startedAt: string
  readonly backup: Backup
}

/** Names the drill and chooses what it restores: the backup that is named, else the newest that is not known to be damaged, if there is one. */
export async function beginDrill(
  d: Dependencies,
  lineage: string,
  named: string | undefined,
): Promise<Begun> {
  const backup = named ? await backupById(d, lineage, named) : newestOf(await backupsOf(d, lineage))
  if (!backup) {
    const message = `the lineage ${lineage} has no whole base backup yet`
    throw new AppError('BACKUP_NEEDED', message)
  }
  const startedAt = new Date().toISOString()
  const [date = '', time = ''] = startedAt.split(/[T.]/)
  const at = `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}`
  return { id: `${at}-${d.newId()}`, startedAt, backup }
}

/** Better a drill that says again what is damaged than none. */
const newestOf = (backups: readonly Backup[]): Backup | undefined =>
  undamaged(backups).at(-1) ?? backups.at(-1)
