import type { Lineage } from '../../contract/lineage.ts'
import type { Account } from '../../system/account.ts'
import { exists, type Owner } from '../../system/files.ts'
import { chownTree, ownerOf } from '../../system/chown-tree.ts'
import { lineageFolder, openToGroup } from './lineage-folder.ts'

/**
 * Makes a base's data the server account's. On the machine that made it they are; a folder that was brought from another
 * has the numbers of that one's accounts.
 */
export async function ownData(data: string, account: Account | undefined): Promise<void> {
  if (!account || isSame(await ownerOf(data), account)) return
  await chownTree(data, account)
}

/** The same for archived WAL: the files are the account's, the folders ours. */
export async function ownWal(
  lineage: Pick<Lineage, 'directory'>,
  account: Account | undefined,
): Promise<void> {
  const { wal } = lineageFolder(lineage)
  const folders = openToGroup(account).owner
  if (!account || !folders || !(await exists(wal)) || isSame(await ownerOf(wal), folders)) return
  await chownTree(wal, account, undefined, folders)
}

const isSame = (a: Owner, b: Owner): boolean => a.uid === b.uid && a.gid === b.gid
