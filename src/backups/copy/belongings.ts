import type { Lineage } from '../../contract/lineage.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import { chownTree, ownerOf } from '../../system/chown-tree.ts'
import { closedFolder } from '../../system/closed-folder.ts'
import { exists, type Owner } from '../../system/files.ts'
import { lineageFolder, openToGroup } from './lineage-folder.ts'

/**
 * Makes a base's data the server account's. On the machine that made it they are; a folder that was brought from another
 * has the numbers of that one's accounts.
 */
export async function ownData(data: string, account: Account | undefined): Promise<void> {
  if (!account || isSame(await ownerOf(data), account)) return
  await chownTree(data, account)
}

/**
 * The same for archived WAL: the files are the account's, the folders ours. HOME_UNUSABLE when a folder above is closed to the
 * account, which then could fetch nothing.
 */
export async function ownWal(
  lineage: Pick<Lineage, 'directory'>,
  account: Account | undefined,
): Promise<void> {
  const { wal } = lineageFolder(lineage)
  const folders = openToGroup(account).owner
  const closed = await closedFolder(wal, account)
  if (account && closed !== undefined) {
    throw new AppError('HOME_UNUSABLE', `${closed} is closed to the account ${account.name}`, {
      details: { path: wal, closed, account: account.name },
      hint: `Let it pass with \`chmod o+x ${closed}\`, so that a server can fetch WAL from ${wal}.`,
    })
  }
  if (!account || !folders || !(await exists(wal)) || isSame(await ownerOf(wal), folders)) return
  await chownTree(wal, account, undefined, folders)
}

const isSame = (a: Owner, b: Owner): boolean => a.uid === b.uid && a.gid === b.gid
