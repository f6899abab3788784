import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors/app-error.ts'
import type { Account } from '../system/account.ts'

/** As root: the servers' account must be able to pass through every folder above the home, such as root's own. */
export async function checkReachable(home: string, account: Account): Promise<void> {
  for (let folder = home; ; folder = dirname(folder)) {
    const { uid, gid, mode } = await stat(folder)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) {
      throw new AppError(
        'HOME_UNUSABLE',
        `servers run as “${account.name}”, which cannot pass through ${folder} to ${home}`,
        {
          hint: `Choose a home outside with HOWDAH_HOME, such as /var/lib/howdah, or run \`chmod o+x ${folder}\`.`,
        },
      )
    }
    if (folder === dirname(folder)) return
  }
}
