import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Account, ownUserName } from '../../system/account.ts'
import { temporaryRoot } from '../../system/temporary.ts'

/** sun_path holds 108 bytes on Linux and 104 on macOS; Postgres adds `/.s.PGSQL.65535.lock`. */
const LONGEST = 103 - '/.s.PGSQL.65535.lock'.length

/** A folder for one server's socket: in the home, or in the temporary folder when the home's path is too long. */
export function socketDirectoryOf(home: string, id: string): string {
  const inHome = join(home, 'run', 'pg', id)
  if (Buffer.byteLength(inHome) <= LONGEST) return inHome
  const short = createHash('sha256').update(inHome).digest('hex').slice(0, 16)
  return join(temporaryRoot(), `howdah-${short}`)
}

/** Accounts that may enter a server over its socket: the daemon's, and the one that servers and start scripts run as. */
export function socketAccounts(account: Account | undefined): string[] {
  return [...new Set([ownUserName(), ...(account ? [account.name] : [])])]
}
