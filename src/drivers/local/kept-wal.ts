import { join } from 'node:path'
import { walSince } from '../../core/wal/wal-since.ts'
import { AppError } from '../../errors/app-error.ts'
import { namesIn } from '../../system/entries.ts'
import { fileMark } from '../../system/regular-files.ts'
import type { Session } from '../driver.ts'

/** The WAL that a server keeps for a copy of its data until the copy is whole. */
export interface KeptWal {
  /** The name of the first file that the copy needs. */
  readonly first: string
  /** It should not become more than this. */
  readonly limitBytes: number
}

const MiB = 1024 * 1024
/** Half of what a slot keeps by our settings, and half of what it keeps by others: beyond that the server removes what the copy needs. */
const LIMIT_BYTES = 2048 * MiB

/** What a slot on this server should keep at most; one before 13, or with -1, keeps all that there is. */
export async function keptWalLimit(session: Session): Promise<number> {
  const [row] = await session.query<{ mib: string }>(
    `select setting as mib from pg_settings where name = 'max_slot_wal_keep_size'`,
  )
  const mib = Number(row?.mib ?? -1)
  return mib < 0 ? LIMIT_BYTES : Math.max(1, (mib * MiB) / 2)
}

/** The share of that limit that is reached: 0 to 1 and more. SNAPSHOT_UNUSABLE when the server has removed the first already. */
export async function keptWalShare(data: string, { first, limitBytes }: KeptWal): Promise<number> {
  const wal = join(data, 'pg_wal')
  const segmentBytes = (await fileMark(join(wal, first)))?.sizeBytes ?? 0
  if (segmentBytes === 0) throw removed(first)
  return walSince(first, await namesIn(join(wal, 'archive_status')), segmentBytes) / limitBytes
}

/** A copy without WAL that it needs cannot become consistent. */
export const removed = (segment: string): AppError =>
  new AppError('SNAPSHOT_UNUSABLE', `the server removed WAL that the copy needs: ${segment}`)
