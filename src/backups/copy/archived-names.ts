import { join } from 'node:path'
import { namesIn } from '../../system/entries.ts'
import { type FileMark, fileMark } from '../../system/regular-files.ts'

/** The files of a WAL folder. */
export interface ArchivedNames {
  /** Names of segments, without the ending of the packed file, sorted. */
  readonly segments: ReadonlySet<string>
  /** `00000002.history` … */
  readonly histories: readonly string[]
}

/** A folder's time counts in ticks of up to 10 ms; a folder that changed as recently as this is read again. */
const SETTLED_MS = 2000

interface Listing {
  readonly mark: FileMark | undefined
  readonly settled: boolean
  readonly names: readonly string[]
}

/** Lists a WAL folder again and again, and only those folders that changed. The same answer means that nothing did. */
export function createNamesReader(wal: string): () => Promise<ArchivedNames> {
  let answer:
    { readonly lists: readonly (readonly string[])[]; readonly names: ArchivedNames } | undefined
  const listings = new Map<string, Listing>()
  const list = async (folder: string): Promise<readonly string[]> => {
    const mark = await fileMark(folder)
    const known = listings.get(folder)
    const same =
      known?.settled &&
      known.mark?.inode === mark?.inode &&
      known.mark?.modifiedMs === mark?.modifiedMs
    if (same) return known.names
    const settled = mark !== undefined && Date.now() - mark.modifiedMs > SETTLED_MS
    const found = await namesIn(folder)
    const names = isEqual(found, known?.names) ? known.names : found
    listings.set(folder, { mark, settled, names })
    return names
  }
  return async () => {
    const top = await list(wal)
    const timelines = top.filter((name) => /^[0-9A-F]{8}$/.test(name))
    const lists = [top, ...(await Promise.all(timelines.map((name) => list(join(wal, name)))))]
    if (!answer || !isEqual(lists, answer.lists)) answer = { lists, names: namesOf(lists) }
    return answer.names
  }
}

function namesOf([top = [], ...files]: readonly (readonly string[])[]): ArchivedNames {
  const packed = files.flat().filter((name) => /^[0-9A-F]{24}\.zst$/.test(name))
  return {
    segments: new Set(packed.map((name) => name.slice(0, 24))),
    histories: top.filter((name) => name.endsWith('.history')),
  }
}

const isEqual = <T>(a: readonly T[], b: readonly T[] | undefined): b is readonly T[] =>
  a.length === b?.length && a.every((item, index) => item === b[index])
