import { dirname, join } from 'node:path'
import type { ArchiveProblem } from '../../contract/backup.ts'
import type { ArchivedSegment, ArchiveListing } from '../../core/pgbackrest/archive-listing.ts'
import type { StanzaInfo, StoredBackup } from '../../core/pgbackrest/info.ts'
import { AppError } from '../../errors/app-error.ts'
import { isFile } from '../../system/entries.ts'
import { exists, type Owner, removeTree, writeAtomic } from '../../system/files.ts'
import { createListingReader } from './fetch-listing.ts'
import { unpackSegment } from './packed-segment.ts'
import { pushSegment, withArchived } from './segment-files.ts'
import type { Stanza } from './stanza.ts'
import { idOf, readInfo } from './stored-backups.ts'

/** What the first repository has. */
export interface FirstRepository {
  readonly listing: ArchiveListing
  readonly info: StanzaInfo
  /** Of the server, when there is one. */
  readonly data: string | undefined
}

/** Looks after the off-site repository of a lineage beside everything else: one that hangs holds nothing up. */
export interface Offsite {
  /** What was wrong with it at the last look, and begins the next one. */
  lookAfter(stanza: Stanza, first: FirstRepository): readonly ArchiveProblem[]
}

/** So many segments are brought there before its state is told again. */
const BROUGHT_AT_ONCE = 16

export function createOffsite(): Offsite {
  const list = createListingReader(2)
  let problems: readonly ArchiveProblem[] = []
  let look: Promise<void> | undefined
  const keep = (found: readonly Omit<ArchiveProblem, 'since'>[]): void => {
    const now = new Date().toISOString()
    problems = found.map((p) => ({
      ...p,
      since: problems.find((before) => before.kind === p.kind)?.since ?? now,
    }))
  }
  const lookNow = async (stanza: Stanza, first: FirstRepository): Promise<void> => {
    try {
      const lacking = lacks(await list(stanza), first.listing)
      const brought = await bring(stanza, lacking.slice(0, BROUGHT_AT_ONCE), first.data)
      const rest = lacking.slice(brought)
      if (rest.length === 0) await removeTree(stanza.files.offsiteLate)
      const { backups } = await readInfo(stanza, 2)
      keep([...lateWal(stanza, rest), ...lateBackup(stanza, first.info.backups, backups)])
    } catch (error) {
      const { message } = AppError.from(error)
      keep([{ kind: 'unreachable', sentence: `off-site: ${message}` }])
      await holdBack(stanza)
    }
  }
  return {
    lookAfter(stanza, first) {
      if (stanza.repositories.length < 2) return []
      look ??= lookNow(stanza, first).finally(() => (look = undefined))
      // The next question begins another look; a full disk for our note is told by everything else.
      look.catch(() => undefined)
      return problems
    },
  }
}

/** What it lacks of the first one's WAL; when it has none at all, what is older than the newest is of no use there. */
function lacks(offsite: ArchiveListing, { segments }: ArchiveListing): ArchivedSegment[] {
  const has = new Set(offsite.segments.map(({ name }) => name))
  const from = offsite.segments[0]?.name ?? segments.at(-1)?.name
  return segments.filter(({ name }) => from !== undefined && name >= from && !has.has(name))
}

/** From the server's own files for as long as it keeps them, else from the first repository. Gives how many it brought. */
async function bring(
  stanza: Stanza,
  segments: readonly ArchivedSegment[],
  data: string | undefined,
): Promise<number> {
  // A push wants to see the server's data; without a server nothing new comes, and the next one begins its own lineage.
  if (data === undefined) return 0
  const configFile = stanza.files.offsiteConfig
  for (const segment of segments) {
    const own = join(data, 'pg_wal', segment.name)
    if (await isFile(own)) await pushSegment(stanza, configFile, { path: own, data })
    else {
      await withArchived(stanza, [segment], async (paths) => {
        const path = await unpackInPlace(segment, paths.get(segment.name), stanza.site.account)
        if (path) await pushSegment(stanza, configFile, { path, data })
      })
    }
  }
  return segments.length
}

/** A file of a segment's own name with its content; undefined when the archive has it no more as it was. */
async function unpackInPlace(
  { name, sha1 }: ArchivedSegment,
  packed: string | undefined,
  owner: Owner | undefined,
): Promise<string | undefined> {
  const content = packed && (await unpackSegment({ name, sha1, path: packed }))
  if (!packed || !content) return undefined
  const path = join(dirname(packed), name)
  await writeAtomic(path, content, { mode: 0o600, owner })
  return path
}

/** Keeps the server from waiting for it with each segment, until it is back. */
async function holdBack({ files, site }: Stanza): Promise<void> {
  if (await exists(files.offsiteLate)) return
  await writeAtomic(files.offsiteLate, '', { mode: 0o600, owner: site.account })
}

const nameOf = ({ repositories }: Stanza): string => `“${repositories[1]?.repository.name}”`

function lateWal(
  stanza: Stanza,
  segments: readonly ArchivedSegment[],
): Omit<ArchiveProblem, 'since'>[] {
  const segment = segments[0]?.name
  if (segment === undefined) return []
  const sentence = `the off-site repository ${nameOf(stanza)} lacks ${segments.length} WAL files from ${segment} on; they are on their way`
  return [{ kind: 'late', segment, sentence }]
}

function lateBackup(
  stanza: Stanza,
  first: readonly StoredBackup[],
  offsite: readonly StoredBackup[],
): Omit<ArchiveProblem, 'since'>[] {
  const newest = first.at(-1)
  if (!newest || offsite.some((b) => idOf(b) === idOf(newest))) return []
  const sentence = `the off-site repository ${nameOf(stanza)} does not have the backup ${idOf(newest)}`
  return [{ kind: 'late', sentence }]
}
