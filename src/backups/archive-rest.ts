import { join } from 'node:path'
import type { Archive } from '../contract/backup.ts'
import type { MemberDocument } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import type { Owner } from '../system/files.ts'
import { ensureDirectory, removeTree, writeAtomic } from '../system/files.ts'
import { fileMark, readPart } from '../system/regular-files.ts'
import { type ArchiveStatus, readArchiveStatus } from '../system/tools/archive-status.ts'
import type { ArchivedRest, LeftWal } from './backup-engine.ts'
import { byWalOrder } from './copy/incoming.ts'
import { restOfWal, type RestOfWal } from './rest-of-wal.ts'

/** How one kind of archive takes what a server left. Failures are AppErrors. */
export interface RestTaker {
  readonly segmentBytes: number
  readonly owner: Owner | undefined
  /** A server that comes back after all may replace its unfinished segment by the whole one. */
  readonly replacesUnfinished: boolean
  /** Takes in what came by the usual way, and gives the newest segment that is archived. */
  readonly begin: () => Promise<string | undefined>
  /** Takes these files, in the order of the WAL; gives those that it refused and why. Stops at the first that it cannot take. */
  readonly take: (files: readonly RestFile[]) => Promise<readonly Refused[]>
  /** What is there afterwards. */
  readonly report: () => Promise<Archive>
}

export interface RestFile {
  readonly name: string
  readonly path: string
  /** It ends before its end, with zeros behind. */
  readonly unfinished: boolean
}

export interface Refused {
  readonly name: string
  readonly reason: string
}

/** See `BackupEngine.archiveRest`. */
export async function archiveRest(
  { directory }: MemberDocument,
  taker: RestTaker,
): Promise<ArchivedRest> {
  const data = join(directory, 'data')
  const folder = join(directory, 'rest')
  const { segmentBytes } = taker
  let rest: RestOfWal | undefined
  try {
    rest = await restOfWal({ data, segmentBytes, finished: newest(await finishedBy(data)) })
    const archived = await taker.begin()
    const status = await readArchiveStatus(data)
    const finished = newest([...namesOf(status), archived ?? ''])
    rest = await restOfWal({ data, segmentBytes, finished })
    const own = [...new Set([...status.waiting.map(({ name }) => name), ...rest.full])]
    const files = own
      .toSorted(byWalOrder)
      .map((name): RestFile => ({ name, path: join(data, 'pg_wal', name), unfinished: false }))
    // Where something is left the instance may stay, and write the segment whole.
    const withheld = rest.unreachable.length > 0 && !taker.replacesUnfinished
    if (rest.last && !withheld) files.push(await cutOff(data, rest.last, folder, taker))
    const refused = await taker.take(files)
    const last = rest.last && withheld ? [rest.last.name] : []
    const names = [...refused.map(({ name }) => name), ...last, ...rest.unreachable]
    const reason = refused[0]?.reason ?? rest.problem ?? ''
    const left = names.length > 0 ? await measure(data, names, reason, rest) : undefined
    return { archive: await taker.report(), ...(left ? { left } : {}) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return allLeft(data, rest, error)
  } finally {
    await removeTree(folder)
  }

  async function allLeft(
    from: string,
    known: RestOfWal | undefined,
    { message }: AppError,
  ): Promise<ArchivedRest> {
    const { waiting } = await readArchiveStatus(from)
    const last = known?.last ? [known.last.name] : []
    const names = [...waiting.map(({ name }) => name), ...(known?.full ?? []), ...last]
    const unique = [...new Set([...names, ...(known?.unreachable ?? [])])]
    // Where even the server's own files could not be read, nobody knows what is lost, and it counts as something.
    if (known && unique.length === 0) return {}
    return { left: await measure(from, unique, message, known) }
  }
}

/** The last segment up to its last whole record, as a file of its name. */
async function cutOff(
  data: string,
  { name, writtenBytes }: NonNullable<RestOfWal['last']>,
  folder: string,
  { segmentBytes, owner }: Pick<RestTaker, 'segmentBytes' | 'owner'>,
): Promise<RestFile> {
  const content = await readPart(join(data, 'pg_wal', name), 0, segmentBytes)
  if (!content) throw new AppError('HOME_UNUSABLE', `the WAL file ${name} in ${data} is gone`)
  const path = join(folder, name)
  await ensureDirectory(folder, { mode: 0o700, owner })
  await writeAtomic(path, content.fill(0, writtenBytes), { mode: 0o600, owner })
  return { name, path, unfinished: true }
}

async function measure(
  data: string,
  segments: readonly string[],
  reason: string,
  rest: RestOfWal | undefined,
): Promise<LeftWal> {
  const marks = await Promise.all(segments.map((name) => fileMark(join(data, 'pg_wal', name))))
  const bytes = segments.reduce((sum, name, at) => {
    const { last } = rest ?? {}
    return sum + (name === last?.name ? last.writtenBytes : (marks[at]?.sizeBytes ?? 0))
  }, 0)
  const writtenMs = Math.max(0, ...marks.map((mark) => mark?.modifiedMs ?? 0))
  const writtenAt = writtenMs > 0 ? { writtenAt: new Date(writtenMs).toISOString() } : {}
  return { segments, bytes, ...writtenAt, reason }
}

const finishedBy = async (data: string): Promise<string[]> => namesOf(await readArchiveStatus(data))

const namesOf = ({ waiting, archived }: ArchiveStatus): string[] => [
  ...waiting.map(({ name }) => name),
  ...archived,
]

const newest = (names: readonly string[]): string | undefined =>
  names
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .toSorted(byWalOrder)
    .at(-1)
