import { join } from 'node:path'
import { z } from 'zod'
import type { ArchivedSegment, ArchiveListing } from '../../core/pgbackrest/archive-listing.ts'
import { readText, writeAtomic } from '../../system/files.ts'
import { isInFork } from '../copy/forked-wal.ts'
import type { Stanza } from './stanza.ts'

/**
 * That the server of a lineage left its history, kept in the lineage's folder: pushes that were under way go on for a while, also after the
 * lineage was closed.
 */
const ForkNote = z.object({
  /** From this segment on the archive takes nothing new. */
  segment: z.string(),
  since: z.iso.datetime(),
  /** What of the old history it had there, by the paths in the repository. */
  kept: z.array(z.string()),
})
export type ForkNote = z.output<typeof ForkNote>

const pathOf = ({ lineage }: Pick<Stanza, 'lineage'>): string =>
  join(lineage.directory, 'fork.json')

export async function readForkNote(stanza: Stanza): Promise<ForkNote | undefined> {
  const text = await readText(pathOf(stanza))
  return text === undefined ? undefined : ForkNote.parse(JSON.parse(text))
}

/** `pushed`: what is in the listing and is the server's. */
export async function noteFork(
  stanza: Stanza,
  { segments }: ArchiveListing,
  { name, pushed }: { readonly name: string; readonly pushed: readonly ArchivedSegment[] },
): Promise<ForkNote> {
  const strange = new Set(pushed.map(({ path }) => path))
  const kept = segments.filter((s) => isInFork(s.name, [name]) && !strange.has(s.path))
  const since = new Date().toISOString()
  const note = { segment: name, since, kept: kept.map(({ path }) => path) }
  await writeAtomic(pathOf(stanza), `${JSON.stringify(note)}\n`, { mode: 0o600 })
  return note
}

/** What came into the archive after its server had left its history. */
export function strayIn({ segments }: ArchiveListing, note: ForkNote): ArchivedSegment[] {
  const kept = new Set(note.kept)
  return segments.filter((s) => isInFork(s.name, [note.segment]) && !kept.has(s.path))
}
