import { join } from 'node:path'
import { namesIn } from '../../system/entries.ts'
import { fileMark } from '../../system/regular-files.ts'

/** A file that arrived and was put aside. */
export interface Aside {
  /** As the server names it. */
  readonly name: string
  readonly path: string
  readonly since: Date
}

/** The name of a file that is put aside: the content's own sum is in it, so that what arrives again takes its place. */
export const asideName = (name: string, sum: string): string => `${name}.${sum.slice(0, 12)}.zst`

/** What was put aside into this folder. */
export async function asidesIn(folder: string): Promise<Aside[]> {
  const found = (await namesIn(folder)).map(async (file) => {
    const name = /^(.+)\.[0-9a-f]{12}\.zst$/.exec(file)?.[1]
    const path = join(folder, file)
    const mark = name === undefined ? undefined : await fileMark(path)
    return name !== undefined && mark ? { name, path, since: new Date(mark.modifiedMs) } : undefined
  })
  return (await Promise.all(found)).filter((one) => one !== undefined)
}
