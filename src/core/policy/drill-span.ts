import type { BackupPolicy } from '../../contract/backup-policy.ts'

/** Nothing is written to a closed lineage, so that only its disk can spoil it: it is looked at less often. */
const CLOSED_FACTOR = 7

/** Time from one restore drill of a lineage to the next; 0: none. */
export const drillEveryMs = (policy: BackupPolicy, closed: boolean): number =>
  policy.drillEveryMs * (closed ? CLOSED_FACTOR : 1)
