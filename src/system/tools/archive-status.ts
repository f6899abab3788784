import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn } from '../entries.ts'
import { errnoOf, withFileErrors } from '../file-errors.ts'

/** A WAL file that a server has finished and its archiver has not copied yet. */
export interface WaitingFile {
  readonly name: string
  readonly sizeBytes: number
  readonly since: Date
}

/** What a server's archiver has done and what it has still to do, as the server notes it in `pg_wal/archive_status`. */
export interface ArchiveStatus {
  /** In the order of their names. */
  readonly waiting: readonly WaitingFile[]
  /** Those that it copied and the server has not removed yet. */
  readonly archived: readonly string[]
}

/** Reads the notes of the server on this data directory, whether it runs or not; empty when there is no such directory. */
export async function readArchiveStatus(dataDirectory: string): Promise<ArchiveStatus> {
  const wal = join(dataDirectory, 'pg_wal')
  const notes = join(wal, 'archive_status')
  const names = await namesIn(notes)
  const waiting: WaitingFile[] = []
  for (const note of names.filter((name) => name.endsWith('.ready'))) {
    const name = note.slice(0, -'.ready'.length)
    const [noted, file] = [await sizeAndTime(join(notes, note)), await sizeAndTime(join(wal, name))]
    // Without the note it was archived meanwhile.
    if (noted) waiting.push({ name, sizeBytes: file?.sizeBytes ?? 0, since: noted.at })
  }
  const archived = names
    .filter((name) => name.endsWith('.done'))
    .map((name) => name.slice(0, -'.done'.length))
  return { waiting, archived }
}

/** When the server last wrote to one of its WAL files; undefined when there is none of that name. */
export async function walFileChangedAt(
  dataDirectory: string,
  name: string,
): Promise<Date | undefined> {
  return (await sizeAndTime(join(dataDirectory, 'pg_wal', name)))?.at
}

async function sizeAndTime(path: string): Promise<{ sizeBytes: number; at: Date } | undefined> {
  return withFileErrors(path, async () => {
    try {
      const { size, mtime } = await lstat(path)
      return { sizeBytes: size, at: mtime }
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined
      throw error
    }
  })
}
