import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import type { ArchivedSegment, ArchiveListing } from '../../core/pgbackrest/archive-listing.ts'
import { namesIn } from '../../system/entries.ts'
import { ensureDirectory, removeTree } from '../../system/files.ts'
import { fileMark, readInChunks } from '../../system/regular-files.ts'
import { type ArchiveStatus, readArchiveStatus } from '../../system/tools/archive-status.ts'
import { byWalOrder } from '../copy/incoming.ts'
import { type ForkNote, noteFork, readForkNote } from './fork-note.ts'
import type { Stanza } from './stanza.ts'
import type { WalFacts } from './wal-facts.ts'

/** A push that works is over by then. */
const PUSHED_MS = 2000

interface Fork {
  /** The first segment that the server has with another content than the archive. */
  readonly name: string
  /** What of the server's came into the archive all the same, after that. */
  readonly pushed: readonly ArchivedSegment[]
}

/** The server's own files that were compared already, by their names, as they were then. */
export type Compared = Map<string, string>

/**
 * Where a server writes another history than its archive has. pgBackRest refuses a segment that is there with another content, so
 * that it waits, the oldest of all; an asynchronous one may take the word of an earlier push for it, and then it counts as archived.
 */
async function forkOf(
  { repositories }: Pick<Stanza, 'repositories'>,
  { segments }: ArchiveListing,
  { archived, waiting }: ArchiveStatus,
  {
    data,
    now,
    compared,
  }: { readonly data: string; readonly now: Date; readonly compared: Compared },
): Promise<Fork | undefined> {
  const byName = new Map(segments.map((segment) => [segment.name, segment]))
  const [oldest] = waiting.toSorted((a, b) => byWalOrder(a.name, b.name))
  const stuck = oldest && now.getTime() - oldest.since.getTime() > PUSHED_MS ? [oldest.name] : []
  const isAsynchronous = repositories.some(({ repository }) => repository.asynchronous)
  const suspects = [...(isAsynchronous ? archived : []), ...stuck].toSorted(byWalOrder)
  const first = await firstOther(suspects, byName, data, compared)
  if (first === undefined) return undefined
  const later = [...archived, ...waiting.map(({ name }) => name)].filter((name) => name > first)
  const pushed: ArchivedSegment[] = []
  for (const name of later.toSorted(byWalOrder)) {
    const segment = byName.get(name)
    if (segment && (await isOfServer(segment, data))) pushed.push(segment)
  }
  return { name: first, pushed }
}

async function firstOther(
  names: readonly string[],
  byName: ReadonlyMap<string, ArchivedSegment>,
  data: string,
  compared: Compared,
): Promise<string | undefined> {
  for (const name of names) {
    const segment = byName.get(name)
    const file = segment && (await fileMark(join(data, 'pg_wal', name)))
    if (!file) continue
    const mark = `${file.inode} ${file.modifiedMs}`
    if (compared.get(name) === mark) continue
    if ((await isOfServer(segment, data)) === false) return name
    compared.set(name, mark)
  }
  for (const name of compared.keys()) if (!names.includes(name)) compared.delete(name)
  return undefined
}

/** What is known of a fork, or seen now for the first time. */
export async function forkIn(
  stanza: Stanza,
  listing: ArchiveListing,
  { status, data, now, compared }: Look,
): Promise<ForkNote | undefined> {
  const known = await readForkNote(stanza)
  if (known || data === undefined) return known
  const fork = await forkOf(stanza, listing, status, { data, now, compared })
  return fork && noteFork(stanza, listing, fork)
}

interface Look {
  readonly status: ArchiveStatus
  /** Of the server, when there is one. */
  readonly data: string | undefined
  readonly now: Date
  readonly compared: Compared
}

/** Takes WAL of another history out of an archive, into a folder beside. Gives whether there was any. */
export async function takeOut(
  stanza: Stanza,
  facts: WalFacts,
  strays: readonly ArchivedSegment[],
): Promise<boolean> {
  if (strays.length === 0) return false
  const folder = join(stanza.lineage.directory, 'forked')
  await ensureDirectory(folder, { mode: 0o700, owner: stanza.site.account })
  // The last first, so that what a death leaves has no hole.
  for (const { path } of strays.toReversed()) {
    const outputFile = join(folder, basename(path))
    await stanza.call(['repo-get', path, '--repo=1'], { stanza: false, outputFile })
    await stanza.call(['repo-rm', path, '--repo=1'], { stanza: false })
  }
  await facts.forget(strays.map(({ name }) => name))
  return true
}

/**
 * Removes what asynchronous pushes have said of segments that the server knows to be archived: it would be taken for the word on another
 * segment of the same name, which would then never be pushed.
 */
export async function forgetPushed({ files, lineage }: Stanza, data: string): Promise<void> {
  const folder = join(files.spool, 'archive', lineage.id, 'out')
  const said = (await namesIn(folder)).filter((name) => /^[0-9A-F]{24}\.ok$/.test(name))
  if (said.length === 0) return
  // In this order: a push is told before the server can know of it.
  const { waiting } = await readArchiveStatus(data)
  for (const name of said) {
    if (!waiting.some((one) => `${one.name}.ok` === name)) await removeTree(join(folder, name))
  }
}

/** Whether an archived segment has the content of the server's own file; undefined when that is not there. */
async function isOfServer({ name, sha1 }: ArchivedSegment, data: string) {
  const sum = createHash('sha1')
  const read = await readInChunks(join(data, 'pg_wal', name), (chunk) => void sum.update(chunk))
  return read && sum.digest('hex') === sha1
}
