import type { BackupPolicy } from '../../contract/backup-policy.ts'

export interface Backlog {
  /** Finished WAL that the archive does not have. */
  readonly waitingBytes: number
  /** For so long the oldest of it has been the oldest. */
  readonly stuckMs: number
  /** What may still be written where it lies. */
  readonly freeBytes: number
}

/** An archive that gets on takes a segment in seconds. */
export const STUCK_MS = 60_000
/** A small disk is not filled up to the policy's bytes: of the room that waiting WAL and free space make up, this much. */
const SHARE_OF_ROOM = 0.75

/**
 * Whether WAL that waits to be archived is to be given up, which loses every moment in it until a new base backup, and
 * keeps the database alive. The policy, in full:
 *
 * - While archiving gets on, however slowly, nothing is given up.
 * - While it does not, WAL waits for as long as it takes, and people are told after two minutes (`archive-late`).
 * - When more waits than `backlogBytes`, or so much that the disk is about to be full, and nothing has moved for a minute,
 *   the files that wait at that moment are given up: exactly these, by their names, which are on the disk and told
 *   (`archive-given-up`) before the server may remove the first. What it writes after them waits as before.
 * - The gap stays a problem of the archive until a base backup that began after it; one is due at once.
 */
export const isHopeless = (
  { waitingBytes, stuckMs, freeBytes }: Backlog,
  { backlogBytes }: Pick<BackupPolicy, 'backlogBytes'>,
  patienceMs = STUCK_MS,
): boolean =>
  stuckMs >= patienceMs &&
  waitingBytes > Math.min(backlogBytes, (waitingBytes + freeBytes) * SHARE_OF_ROOM)
