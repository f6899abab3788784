import type { BackupPolicy } from '../../contract/backup-policy.ts'

export interface Backlog {
  /** Finished WAL that the archive does not have. */
  readonly waitingBytes: number
  /** What may still be written where it lies. */
  readonly freeBytes: number
}

/** A small disk is not filled up to the policy's bytes: of the room that waiting WAL and free space make up, this much. */
const SHARE_OF_ROOM = 0.75
/** Told from here on, and until so much less waits that it does not come and go. */
const FILLING = { from: 0.5, until: 0.25 }
/** An archive that gets on takes a segment in seconds. */
export const STUCK_MS = 60_000

/**
 * How much WAL may wait to be archived. What waits beyond it is given up, which loses every moment in it until a new base
 * backup, and keeps the database alive. The policy, in full:
 *
 * - Up to the bound nothing is given up, for as long as it takes. People are told when the oldest has waited for two minutes, and
 *   when half of the bound waits (`archive-late`).
 * - Beyond it the files that wait at that moment are given up, whether archiving stands still or only falls behind a heavy writer:
 *   exactly these, by their names, which are on the disk and told (`archive-given-up`) before the server may remove the first.
 *   What it writes after them waits as before.
 * - The bound is looked at four times a second from its half on, so what may be beyond it is what the server writes in that time, and
 *   while it lets go of the files that were given up.
 * - The gap stays a problem of the archive until a base backup that began after it; one is due at once.
 */
export const backlogBound = (
  { waitingBytes, freeBytes }: Backlog,
  { backlogBytes }: Pick<BackupPolicy, 'backlogBytes'>,
): number => Math.min(backlogBytes, (waitingBytes + freeBytes) * SHARE_OF_ROOM)

/** Whether people are to know that it goes that way; `told`: whether they do already. */
export const isFilling = (waitingBytes: number, boundBytes: number, told: boolean): boolean =>
  waitingBytes > boundBytes * (told ? FILLING.until : FILLING.from)
