import type { Backup } from '../../contract/backup.ts'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'
import { lineageName } from './lineage-name.ts'

export interface FoundBackup {
  readonly lineage: LineageStatus
  readonly backup: Backup
}

/**
 * The backup of that id, of any project, or of that name in one project; undefined when there is none. Throws
 * LINEAGE_AMBIGUOUS when several lineages have one of that name.
 */
export async function lookForBackup(
  daemon: Daemon,
  project: string,
  key: string,
): Promise<FoundBackup | undefined> {
  const histories = await daemon.api.listBackups({})
  const all = histories.flatMap(({ lineage, backups }) =>
    backups.map((backup) => ({ lineage, backup })),
  )
  const byId = all.find(({ backup }) => backup.id === key)
  if (byId) return byId
  const named = all.filter(({ lineage, backup }) => {
    return backup.name === key && lineage.project === project
  })
  const open = named.filter(({ lineage }) => lineage.state === 'open')
  const [only, ...others] = open.length > 0 ? open : named
  if (others.length === 0) return only
  const list = named.map(({ lineage, backup }) => `${backup.id} of ${lineageName(lineage)}`)
  throw new AppError(
    'LINEAGE_AMBIGUOUS',
    `several backups are called “${key}”: ${list.join(', ')}`,
    {
      hint: 'Name the one that you mean by its id.',
    },
  )
}

/** The same; BACKUP_NOT_FOUND when there is none. */
export async function findBackup(
  daemon: Daemon,
  project: string,
  key: string,
): Promise<FoundBackup> {
  const found = await lookForBackup(daemon, project, key)
  if (found) return found
  throw new AppError('BACKUP_NOT_FOUND', `there is no backup “${key}”`)
}
