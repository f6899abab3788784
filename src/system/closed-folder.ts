import { stat } from 'node:fs/promises'
import { dirname, parse } from 'node:path'

interface Person {
  readonly uid: number
  readonly gid: number
}

/** The outermost folder above `path` that the account may not enter; undefined when all are open, or there is no account. Access lists are not read. */
export async function closedFolder(
  path: string,
  account: Person | undefined,
): Promise<string | undefined> {
  if (!account) return undefined
  const folders: string[] = []
  for (let folder = dirname(path); folder !== parse(path).root; folder = dirname(folder)) {
    folders.unshift(folder)
  }
  for (const folder of folders) {
    if (!mayEnter(await stat(folder), account)) return folder
  }
  return undefined
}

/** Unix looks at the first class that fits and at no other: an owner without the bit is not helped by "others". */
export function mayEnter(
  entry: { readonly mode: number; readonly uid: number; readonly gid: number },
  account: Person,
): boolean {
  if (entry.uid === account.uid) return (entry.mode & 0o100) !== 0
  if (entry.gid === account.gid) return (entry.mode & 0o010) !== 0
  return (entry.mode & 0o001) !== 0
}
