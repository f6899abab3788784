import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withFileErrors } from './file-errors.ts'
import { type Owner, syncDirectory } from './files.ts'

/**
 * Adds text to the end of a file, which is made when missing, and waits until it is on the disk. A death meanwhile can leave a part of the text.
 * Throws DISK_FULL, HOME_UNUSABLE.
 */
export async function appendDurably(
  path: string,
  text: string,
  { mode, owner }: { readonly mode: number; readonly owner?: Owner | undefined },
): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW
  await withFileErrors(path, async () => {
    await using file = await open(path, flags, mode)
    const isNew = (await file.stat()).size === 0
    if (isNew && owner) await file.chown(owner.uid, owner.gid)
    await file.writeFile(text)
    await file.sync()
    if (isNew) await syncDirectory(dirname(path))
  })
}
