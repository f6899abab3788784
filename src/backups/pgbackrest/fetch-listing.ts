import {
  type ArchiveListing,
  folderOf,
  parseArchiveListing,
  withFolder,
} from '../../core/pgbackrest/archive-listing.ts'
import type { Stanza } from './stanza.ts'

/** What the archive of a lineage has in one of its repositories. */
export const fetchListing = (stanza: Stanza, repo: number): Promise<ArchiveListing> =>
  listFolder(stanza, repo, archiveOf(stanza))

/** pgBackRest numbers the servers of a stanza, and a lineage is of one server. */
const archiveOf = ({ lineage }: Stanza): string => `archive/${lineage.id}/${lineage.major}-1`

async function listFolder(stanza: Stanza, repo: number, folder: string): Promise<ArchiveListing> {
  const args = ['repo-ls', folder, '--recurse', '--output=json', `--repo=${repo}`]
  const { stdout } = await stanza.call(args, { stanza: false })
  return parseArchiveListing(stdout, folder)
}

/** A store lists a thousand names at a time; what is no more than half of that is listed whole. */
const LISTED_WHOLE = 500
/** How long the loss of an older segment can stay unseen. */
const WHOLE_EVERY_MS = 10 * 60 * 1000

export type ListingReader = (stanza: Stanza) => Promise<ArchiveListing>

/** Lists an archive again and again: of a large one only the folders that server still writes to, each time. */
export function createListingReader(repo: number): ListingReader {
  let known: ArchiveListing | undefined
  let wholeAtMs = -Infinity
  return async (stanza) => {
    const isOld = performance.now() - wholeAtMs > WHOLE_EVERY_MS
    if (!known || isOld || known.segments.length <= LISTED_WHOLE) {
      wholeAtMs = performance.now()
      known = await fetchListing(stanza, repo)
    } else known = await bringUpToDate(stanza, repo, known)
    return known
  }
}

async function bringUpToDate(
  stanza: Stanza,
  repo: number,
  known: ArchiveListing,
): Promise<ArchiveListing> {
  const root = archiveOf(stanza)
  const folders = new Set(known.segments.map(({ name }) => folderOf(name)))
  const newest = [...folders].at(-1)
  const { stdout } = await stanza.call(['repo-ls', root, `--repo=${repo}`], { stanza: false })
  const there = stdout.split('\n').filter((name) => /^[0-9A-F]{16}$/.test(name))
  let listing = known
  for (const folder of there.filter((f) => f === newest || !folders.has(f))) {
    listing = withFolder(listing, folder, await listFolder(stanza, repo, `${root}/${folder}`))
  }
  return listing
}
