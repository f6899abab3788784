import { type BackupPolicy, defaultBackupPolicy } from '../../contract/backup-policy.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * How a branch that says nothing of it is backed up: a day of any moment in this home, no restore drills, and nothing in
 * another repository. What it was made from has the data; a promoted branch gets the policy of its new name.
 */
export const BRANCH_BACKUPS: BackupPolicy = {
  ...defaultBackupPolicy,
  keepMs: DAY_MS,
  keepBases: 1,
  keepRemovedMs: DAY_MS,
  drillEveryMs: 0,
}
