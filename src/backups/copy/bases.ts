import { z } from 'zod'
import { Backup } from '../../contract/backup.ts'
import { namesIn } from '../../system/entries.ts'
import { readText, writeAtomic } from '../../system/files.ts'
import { baseFolder, type LineageFolder, PART } from './lineage-folder.ts'

/** What stands beside a base's data: the backup, and the pages of it that were damaged when it was taken. */
const BaseNote = Backup.extend({
  format: z.literal(1),
  damagedPages: z.array(z.object({ path: z.string(), block: z.int() })),
})
export type BaseNote = z.output<typeof BaseNote>

export type DamagedPage = BaseNote['damagedPages'][number]

export async function writeBaseNote(path: string, note: BaseNote): Promise<void> {
  await writeAtomic(path, `${JSON.stringify(note, undefined, 2)}\n`, { mode: 0o600 })
}

/** What is known of one base; undefined when it is not there, or not whole. */
export async function readBaseNote(
  folder: Pick<LineageFolder, 'bases'>,
  id: string,
): Promise<BaseNote | undefined> {
  const text = await readText(baseFolder(folder, id).note)
  return text === undefined ? undefined : BaseNote.safeParse(parseJson(text)).data
}

/** The bases that are whole, the oldest first. */
export async function listBases(folder: Pick<LineageFolder, 'bases'>): Promise<Backup[]> {
  const names = (await namesIn(folder.bases)).filter((name) => !name.endsWith(PART))
  const notes = await Promise.all(names.map((id) => readBaseNote(folder, id)))
  return (
    notes
      .filter((note) => note !== undefined)
      // Without what only the note has.
      .map((note) => Backup.parse(note))
      .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0))
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema refuses it: a base without its note is none.
    return undefined
  }
}
