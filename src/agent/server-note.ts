import { z } from 'zod'
import type { MemberDocument } from '../contract/documents/member.ts'
import { readText, writeAtomic } from '../system/files.ts'
import { layout } from './layout.ts'

/** What a running server was started with and last reloaded; the machine itself cannot be asked. */
const ServerNote = z.object({ configGeneration: z.int(), restartGeneration: z.int() })
export type ServerNote = z.output<typeof ServerNote>

/** The note beside the data. A missing or unreadable one counts as generation 0, so a reload follows, never harm. */
export async function readServerNote(doc: MemberDocument): Promise<ServerNote> {
  const text = await readText(layout(doc).serverNote)
  const parsed = ServerNote.safeParse(text === undefined ? undefined : parseJson(text))
  // Without a note nobody asked for a restart that we know of: a healthy server is not restarted on a guess.
  return parsed.success
    ? parsed.data
    : { configGeneration: 0, restartGeneration: doc.restartGeneration }
}

/** Written before a start and after a reload. */
export async function writeServerNote(doc: MemberDocument, note: ServerNote): Promise<void> {
  await writeAtomic(layout(doc).serverNote, `${JSON.stringify(note)}\n`, { mode: 0o600 })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // a torn note is the same as none
  }
}
