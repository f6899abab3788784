import { join } from 'node:path'
import { LineageDocument } from '../../contract/documents/lineage.ts'
import { isFile, namesIn } from '../../system/entries.ts'
import { readText, writeAtomic } from '../../system/files.ts'
import { lineageFolder } from './lineage-folder.ts'

/** Writes what a lineage is into its folder, for a machine that has nothing else. */
export async function describeLineage(lineage: LineageDocument): Promise<void> {
  const text = `${JSON.stringify(lineage, undefined, 2)}\n`
  await writeAtomic(lineageFolder(lineage).description, text, { mode: 0o600 })
}

/** The lineages whose folders stand in `directory`, or the one whose folder it is; they are where they were found, wherever they came from. */
export async function lineagesIn(directory: string): Promise<LineageDocument[]> {
  const folders = [directory, ...(await namesIn(directory)).map((name) => join(directory, name))]
  const found = await Promise.all(
    folders.map(async (folder) => {
      const { description } = lineageFolder({ directory: folder })
      const text = (await isFile(description)) ? await readText(description) : undefined
      const lineage = text === undefined ? undefined : parse(text)
      return lineage && { ...lineage, directory: folder }
    }),
  )
  return found.filter((lineage) => lineage !== undefined)
}

function parse(text: string): LineageDocument | undefined {
  try {
    return LineageDocument.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON at all: a file that somebody else put there.
    return undefined
  }
}
