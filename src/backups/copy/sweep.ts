import { join } from 'node:path'
import { namesIn } from '../../system/entries.ts'
import { removeTree } from '../../system/files.ts'
import { fileMark } from '../../system/regular-files.ts'
import type { LineageFolder } from './lineage-folder.ts'

/** No file of ours takes so long to write. */
const ABANDONED_MS = 10 * 60 * 1000

/** Removes the temporary files of ours (`.name.….tmp`) that a death left in a lineage's folders. */
export async function sweep(lineage: LineageFolder): Promise<void> {
  const { root, wal, different, forked, damaged } = lineage
  const timelines = (await namesIn(wal)).filter((name) => /^[0-9A-F]{8}$/.test(name))
  const folders = [root, wal, different, forked, damaged, ...timelines.map((t) => join(wal, t))]
  for (const folder of folders) {
    for (const name of (await namesIn(folder)).filter((one) => /^\..+\.tmp$/.test(one))) {
      const path = join(folder, name)
      const mark = await fileMark(path)
      if (mark && Date.now() - mark.modifiedMs > ABANDONED_MS) await removeTree(path)
    }
  }
}
