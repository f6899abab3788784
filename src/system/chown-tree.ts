import { lchown, lstat, readdir } from 'node:fs/promises'
import { withFileErrors } from './file-errors.ts'
import { holdFolder } from './held-folder.ts'
import type { Owner } from './files.ts'

/** Who a file or folder belongs to; of a link, the link itself. */
export async function ownerOf(path: string): Promise<Owner> {
  const { uid, gid } = await withFileErrors(path, () => lstat(path))
  return { uid, gid }
}

/**
 * Gives a folder and all in it to another account, its folders to a third one when that is named. Links themselves change hands, never what they lead to, also when the
 * tree's old owner swaps a folder for a link meanwhile. Only root can. Throws HOME_UNUSABLE, or AbortError.
 */
export async function chownTree(
  path: string,
  { uid, gid }: Owner,
  signal?: AbortSignal,
  folders: Owner = { uid, gid },
): Promise<void> {
  const walk = async (at: string): Promise<void> => {
    signal?.throwIfAborted()
    await using folder = await holdFolder(at)
    const entries = await readdir(folder.at(''), { withFileTypes: true })
    for (const entry of entries) {
      const inner = folder.at(entry.name)
      await (entry.isDirectory() ? walk(inner) : lchown(inner, uid, gid))
    }
    await folder.handle.chown(folders.uid, folders.gid)
  }
  await withFileErrors(path, () => walk(path))
}
