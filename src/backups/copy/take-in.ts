import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { parseWalFileName } from '../../core/wal/segment-name.ts'
import { AppError } from '../../errors/app-error.ts'
import {
  ensureDirectory,
  exists,
  type Owner,
  removeTree,
  syncDirectory,
  writeAtomic,
} from '../../system/files.ts'
import { fileMark, readPart } from '../../system/regular-files.ts'
import { onThread } from '../../system/thread.ts'
import { asideName, asidesIn } from './asides.ts'
import { createForkJudge, type ForkJudge, type KnownWal } from './forked-wal.ts'
import { type LineageFolder, openToGroup, placeInWal } from './lineage-folder.ts'
import { packWal, unpackIfWhole, unpackWal } from './packed-wal.ts'
import {
  type AsideFolder,
  createSegmentReader,
  type ReadSegmentFacts,
  type SegmentReader,
  Unfit,
} from './segment-reader.ts'
import { isBeginningOf } from './unfinished-segment.ts'
import { addToIndex } from './wal-index.ts'

/** A file that a server archived, or has finished and kept. */
export interface Arrival {
  readonly name: string
  readonly path: string
  /** Whether the index has its segment. */
  readonly indexed: boolean
  /** It lies in `incoming`, which is for files that are not taken in yet. */
  readonly incoming: boolean
  /** The last that its server wrote: it ends where the server did. */
  readonly unfinished?: boolean
}

/** `systemIdentifier` unset: of any server. */
export interface TakeIn extends KnownWal {
  readonly folder: LineageFolder
  /** Who a restoring server runs as. */
  readonly owner: Owner | undefined
  /** In the order of the WAL. */
  readonly arrivals: readonly Arrival[]
  /** Segments that are in the archive and not in its index. */
  readonly unindexed: readonly string[]
  /** Where the server is known to have left the archive's history, besides what was put aside for it. */
  readonly forks?: readonly string[]
}

/** What became of a file. Only `kept` ones, and those that were there `already`, are in the archive. */
export interface Taken {
  readonly name: string
  readonly outcome: 'kept' | 'already' | AsideFolder | 'gone'
  /** Why it is not. */
  readonly sentence?: string
}

/** History and backup files are a few lines. */
const mostOfPlainFile = 1024 * 1024

/**
 * Takes files into an archive, one after the other: read and checked, packed, on the disk, in the index, and only then removed from where they
 * came. What dies in between is done again the next time. A content that differs from what is there never replaces it, and what goes on
 * with another history is kept beside. Throws DISK_FULL, HOME_UNUSABLE; those before are in the archive then.
 */
export const takeIn = onThread(import.meta.url, async (work: TakeIn): Promise<Taken[]> => {
  const taken: Taken[] = []
  const reader = createSegmentReader(work)
  const aside = await asidesIn(work.folder.forked)
  const judge = createForkJudge(work, [...aside.map(({ name }) => name), ...(work.forks ?? [])])
  for (const segment of work.unindexed) taken.push(await indexAgain(work, reader, segment))
  for (const arrival of work.arrivals) {
    const one = await takeOne(work, { reader, judge }, arrival)
    if (one.outcome === 'forked') judge.begin(one.name)
    if (arrival.incoming && one.outcome !== 'gone') await removeTree(arrival.path)
    taken.push(one)
  }
  return taken
})

interface Inspectors {
  readonly reader: SegmentReader
  readonly judge: ForkJudge
}

async function takeOne(work: TakeIn, by: Inspectors, arrival: Arrival): Promise<Taken> {
  const { name } = arrival
  const content = await contentOf(work, arrival)
  if (content === undefined) return { name, outcome: 'gone' }
  try {
    if (typeof content === 'string') throw new Unfit('damaged', content)
    return { name, outcome: await keep(work, by, arrival, content) }
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    const isKept = arrival.incoming || error.where === 'forked'
    if (isKept) await putAside(work, arrival, error.where, content)
    return { name, outcome: error.where, sentence: error.message }
  }
}

/** All of a file; a sentence when it has not the size that it must have; undefined when it is not there, or stands elsewhere too. */
async function contentOf(
  { segmentBytes }: TakeIn,
  { name, path }: Arrival,
): Promise<Buffer | string | undefined> {
  const mark = await fileMark(path)
  if (!mark) return undefined
  const { packed } = placeInWal({ wal: '' }, name)
  const fits = packed ? mark.sizeBytes === segmentBytes : mark.sizeBytes <= mostOfPlainFile
  if (!fits) return `${name} arrived with ${mark.sizeBytes} bytes`
  // The folder's owner could have linked a file there that is not theirs to read.
  return readPart(path, 0, mark.sizeBytes, { linkedOnce: true })
}

async function keep(
  work: TakeIn,
  { reader, judge }: Inspectors,
  { name, indexed, unfinished = false }: Arrival,
  content: Buffer,
): Promise<'kept' | 'already'> {
  const { folder, path, packed } = placeInWal(work.folder, name)
  const isSegment = parseWalFileName(name)?.kind === 'segment'
  const found = packed ? await unpackIfWhole(path) : await readPart(path, 0, mostOfPlainFile)
  if (found && unfinished && isBeginningOf(content, found, name)) return 'already'
  const isSame = found?.equals(content) ?? false
  // A server that was given up came back, and went on.
  const isMore = found && isSegment && !isSame && isBeginningOf(found, content, name)
  const there = isMore ? undefined : found
  if (there && !isSame) throw await judge.collision(name, content)
  if (there && (indexed || !isSegment)) return 'already'
  if (!found) await judge.expectPlace(name, content)
  const read = isSegment ? await readNext(judge, reader, { name, unfinished }, content) : undefined
  const stored = packed ? packWal(content) : content
  if (!there) {
    const isNew = !(await exists(folder))
    await ensureDirectory(folder, openToGroup(work.owner))
    // What came goes when what is kept is durable, and that needs its folder.
    if (isNew) await syncDirectory(dirname(folder))
    await writeAtomic(path, stored, { mode: 0o600, owner: work.owner })
  }
  if (read) await index(work, name, stored.length, read)
  return there ? 'already' : 'kept'
}

/** Reads a segment and makes sure that it goes on from the one before. */
async function readNext(
  judge: ForkJudge,
  reader: SegmentReader,
  { name, unfinished }: { readonly name: string; readonly unfinished: boolean },
  content: Buffer,
): Promise<ReadSegmentFacts> {
  let read: ReadSegmentFacts
  try {
    read = await reader.read(name, content, unfinished)
  } catch (error) {
    const isDamage = error instanceof Unfit && error.where === 'damaged'
    throw isDamage ? await judge.unreadable(name, content, error) : error
  }
  await judge.expectGoesOn(name, content, read.followsLsn)
  judge.kept(name, read.facts.lastRecordLsn)
  return read
}

async function putAside(
  { folder }: TakeIn,
  { name, path }: Arrival,
  where: AsideFolder,
  content: Buffer | string,
): Promise<void> {
  await ensureDirectory(folder[where], { mode: 0o700 })
  // One of a wrong size may be too large to hold: its beginning is enough to see what it is.
  const bytes = typeof content === 'string' ? await readPart(path, 0, mostOfPlainFile) : content
  if (!bytes) return
  const sum = createHash('sha256').update(bytes).digest('hex')
  const aside = join(folder[where], asideName(name, sum))
  if (!(await exists(aside))) await writeAtomic(aside, packWal(bytes), { mode: 0o600 })
}

async function indexAgain(work: TakeIn, reader: SegmentReader, name: string): Promise<Taken> {
  const { path } = placeInWal(work.folder, name)
  const mark = await fileMark(path)
  if (!mark) return { name, outcome: 'gone' }
  try {
    const read = await reader.read(name, await unpackWal(path), true)
    await index(work, name, mark.sizeBytes, read)
    return { name, outcome: 'already' }
  } catch (error) {
    const isDamage = error instanceof AppError && error.code === 'BACKUP_DAMAGED'
    if (!(error instanceof Unfit) && !isDamage) throw error
    return { name, outcome: 'damaged', sentence: error.message }
  }
}

async function index(
  { folder }: TakeIn,
  segment: string,
  storedBytes: number,
  { facts, xids }: ReadSegmentFacts,
): Promise<void> {
  const archivedAt = new Date().toISOString()
  const line = { segment, storedBytes, archivedAt, facts, ...(xids ? { xids } : {}) }
  await addToIndex(folder.index, line)
}
