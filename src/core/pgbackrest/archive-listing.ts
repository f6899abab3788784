import { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import { parseJson } from './json.ts'

/** A whole WAL segment that the archive has. */
export interface ArchivedSegment {
  /** 24 hexadecimal digits. */
  readonly name: string
  /** Of the segment's content; a part of the stored file's name. */
  readonly sha1: string
  /** Of the stored file in the repository. */
  readonly path: string
  readonly storedBytes: number
}

export interface ArchiveListing {
  /** Sorted by name, so by timeline first. */
  readonly segments: readonly ArchivedSegment[]
  /** Segments that are there twice with different content, which pgBackRest refuses to fetch. */
  readonly different: readonly string[]
}

const Listing = z.record(z.string(), z.object({ type: z.string(), size: z.int().optional() }))

/** Reads what `pgbackrest repo-ls --recurse --output=json` prints of a folder of a stanza's archive. Throws BACKUP_FAILED for another text. */
export function parseArchiveListing(text: string, folder: string): ArchiveListing {
  const parsed = Listing.safeParse(parseJson(text))
  if (!parsed.success) {
    throw new AppError('BACKUP_FAILED', 'pgBackRest listed the archive as we cannot read', {
      cause: parsed.error,
    })
  }
  const files = Object.entries(parsed.data).filter(([, { type }]) => type === 'file')
  return listingOf(files.flatMap(([path, { size = 0 }]) => segmentOf(`${folder}/${path}`, size)))
}

/** `15-1/0000000100000000/000000010000000000000001-<sha1>.zst` is one; `.partial`, `.backup` and `.history` files are none. */
function segmentOf(path: string, storedBytes: number): ArchivedSegment[] {
  const [, name, sha1] =
    /^([0-9A-F]{24})-([0-9a-f]{40})(?:\.[a-z0-9]+)?$/.exec(fileName(path)) ?? []
  return name && sha1 ? [{ name, sha1, path, storedBytes }] : []
}

function listingOf(segments: readonly ArchivedSegment[]): ArchiveListing {
  const all = segments.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  const isAgain = (s: ArchivedSegment, i: number): boolean => all[i - 1]?.name === s.name
  return {
    segments: all.filter((s, i) => !isAgain(s, i)),
    different: all.filter(isAgain).map(({ name }) => name),
  }
}

/** The folder of a repository that a segment is in: its timeline and the upper half of its place. 256 segments share it. */
export const folderOf = (segment: string): string => segment.slice(0, 16)

/** A listing in which one folder is as listed anew. */
export function withFolder(
  listing: ArchiveListing,
  folder: string,
  anew: ArchiveListing,
): ArchiveListing {
  const isElsewhere = (name: string): boolean => folderOf(name) !== folder
  const others = listing.segments.filter(({ name }) => isElsewhere(name))
  const made = listingOf([...others, ...anew.segments])
  return { ...made, different: [...listing.different.filter(isElsewhere), ...anew.different] }
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
