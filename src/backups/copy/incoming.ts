import { join } from 'node:path'
import { UNFINISHED } from '../../core/config/archiving.ts'
import { parseWalFileName } from '../../core/wal/segment-name.ts'
import { namesIn } from '../../system/entries.ts'
import { removeTree } from '../../system/files.ts'
import { fileMark } from '../../system/regular-files.ts'
import type { WaitingFile } from '../../system/tools/archive-status.ts'
import type { LineageFolder } from './lineage-folder.ts'

/** What a server that died while it copied left; basic_archive begins its names with `archtemp.` (basic_archive.c). */
const unfinished = [UNFINISHED, 'archtemp.']
/** No copy of one file takes so long. */
const ABANDONED_MS = 60 * 60 * 1000

/** The whole files that a server put into `incoming`, in the order of the WAL, histories first. What was begun long ago goes. */
export async function arrivedIn({ incoming }: Pick<LineageFolder, 'incoming'>): Promise<string[]> {
  const names = await namesIn(incoming)
  for (const name of names.filter((one) => unfinished.some((start) => one.startsWith(start)))) {
    const mark = await fileMark(join(incoming, name))
    if (mark && Date.now() - mark.modifiedMs > ABANDONED_MS) await removeTree(join(incoming, name))
  }
  return names.filter((name) => parseWalFileName(name) !== undefined).toSorted(byWalOrder)
}

/** By place, then timeline: a segment is read with the one before it. */
export function byWalOrder(a: string, b: string): number {
  const [keyA, keyB] = [orderKey(a), orderKey(b)]
  return keyA < keyB ? -1 : keyA > keyB ? 1 : 0
}

const orderKey = (name: string): string =>
  name.endsWith('.history')
    ? `0${name}`
    : `1${name.slice(8, 24)}${name.slice(0, 8)}${name.slice(24)}`

/** The files of these names that are there, with their sizes and times. */
export async function stillWaiting(
  folder: string,
  names: readonly string[],
): Promise<WaitingFile[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const mark = await fileMark(join(folder, name))
      return mark && { name, sizeBytes: mark.sizeBytes, since: new Date(mark.modifiedMs) }
    }),
  )
  return found.filter((one) => one !== undefined)
}
