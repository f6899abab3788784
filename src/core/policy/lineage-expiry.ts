import type { Backup } from '../../contract/backup.ts'
import type { BackupPolicy } from '../../contract/backup-policy.ts'
import type { Lineage } from '../../contract/lineage.ts'

/** When a lineage that nobody writes goes with all it has, in ms since 1970; undefined for one that stays. */
export function expiryOf(
  { closedAt, createdAt }: Pick<Lineage, 'closedAt' | 'createdAt'>,
  { keepRemovedMs }: BackupPolicy,
  backups: readonly Backup[],
): number | undefined {
  // A name is a person's word that it is kept until they say otherwise.
  if (closedAt === undefined || backups.some((b) => b.name !== undefined)) return undefined
  // A clock that was behind may have closed it long before what it holds was made.
  const moments = [closedAt, createdAt, ...backups.map((b) => b.finishedAt)]
  return Math.max(...moments.map((at) => Date.parse(at))) + keepRemovedMs
}
