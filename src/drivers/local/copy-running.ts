import { dirname, join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { describeCopied } from '../../core/describe-rate.ts'
import { backupCalls } from '../../core/sql/backup.ts'
import { nextSegment } from '../../core/wal/segment-name.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import type { Cloned } from '../../system/clone-tree.ts'
import { type CopyCrew, createCopyCrew } from '../../system/copy-crew.ts'
import { ensureDirectory, listNames, removeTree, writeAtomic } from '../../system/files.ts'
import { createPace, WRITING } from '../../system/pace.ts'
import { fileMark } from '../../system/regular-files.ts'
import { syncTree } from '../../system/sync-tree.ts'
import type { CopyManner, RunningCopy, Session, Watch } from '../driver.ts'
import { copyData, copyDataApart, live, type LiveCopy } from './copy-data.ts'
import { type KeptWal, keptWalLimit, removed } from './kept-wal.ts'
import { openSession } from './session.ts'

/**
 * A physical copy of a running server by the low-level backup API (PostgreSQL manual, 26.3.3): start, copy, stop, then
 * the label and the WAL between them. Blocks are shared where the file system can.
 */
export async function copyRunning(
  member: MemberDocument,
  target: string,
  account: Account | undefined,
  watch: Watch,
  { background = false, spread = false }: CopyManner = {},
): Promise<RunningCopy> {
  const data = join(member.directory, 'data')
  await removeTree(target)
  await ensureDirectory(dirname(target), { mode: 0o711 })
  await refuseTablespaces(data)
  const calls = backupCalls(member.engine.major, spread)
  const session = await openSession(member, { database: 'postgres' })
  try {
    // The slot keeps the WAL that the copy needs; it goes with the session, whatever happens.
    await session.query(calls.keepWal)
    await using crew = background ? undefined : createCopyCrew({ ...live, signal: watch.signal })
    // While the server makes its checkpoint.
    crew?.start()
    const start = await begin(session, calls, spread, watch)
    const kept = { first: start.wal, limitBytes: await keptWalLimit(session) }
    const { bytes, reflinked } = await copyFiles(data, target, crew ?? kept, watch)
    const stop = await one<Label>(session, calls.stop)
    const walBytes = await copyWal(data, target, { first: start.wal, last: stop.wal }, crew)
    await writeAtomic(join(target, 'backup_label'), stop.labelfile, { mode: 0o600, owner: account })
    await syncTree(target, watch.signal)
    return {
      sizeBytes: bytes + walBytes,
      reflinked,
      timeline: Number.parseInt(start.wal.slice(0, 8), 16),
      startLsn: start.lsn,
      stopLsn: stop.lsn,
      startSegment: start.wal,
      stopSegment: stop.wal,
      startedAt: start.at.toISOString(),
      stoppedAt: stop.at.toISOString(),
    }
  } finally {
    await session.close()
  }
}

/** A spread checkpoint takes minutes, and who gives up waits for none of them. */
async function begin(
  session: Session,
  calls: ReturnType<typeof backupCalls>,
  spread: boolean,
  { signal, report }: Watch,
): Promise<Point> {
  if (!spread) return one<Point>(session, calls.start)
  report('the server makes a checkpoint, slowly so that it is not felt')
  if (calls.noticeEnd) await session.query(calls.noticeEnd)
  const leave = (): void => void session.close()
  signal.addEventListener('abort', leave, { once: true })
  try {
    signal.throwIfAborted()
    return await one<Point>(session, calls.start)
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/** With a crew; in the background otherwise, before the server has kept too much WAL for it. */
function copyFiles(
  data: string,
  target: string,
  how: CopyCrew | KeptWal,
  { signal, report }: Watch,
): Promise<Cloned> {
  const startedMs = performance.now()
  const tell = (bytes: number): void => report(describeCopied(bytes, performance.now() - startedMs))
  const copy: LiveCopy = { data, target, what: 'files' }
  if ('first' in how) {
    return copyDataApart({ ...copy, kept: how }, { background: true, signal, onNote: tell })
  }
  return copyData(copy, { crew: how, signal, onProgress: ({ bytesDone }) => tell(bytesDone) })
}

/** Where a copy begins or ends. */
interface Point {
  readonly lsn: string
  /** Name of the WAL file that it is in: the first or the last that the copy needs. */
  readonly wal: string
  readonly at: Date
}

interface Label extends Point {
  readonly labelfile: string
}

async function one<T>(session: Session, call: string): Promise<T> {
  const [row] = await session.query<T>(call)
  if (!row) throw new AppError('INTERNAL', 'the server gave no answer to a call of the backup API')
  return row
}

async function copyWal(
  data: string,
  target: string,
  what: { readonly first: string; readonly last: string },
  crew: CopyCrew | undefined,
): Promise<number> {
  const { first, last } = what
  // The server writes on while it is copied, and may not have to keep more for it than it does.
  const pace = createPace({ totalBytes: 0, rates: { most: WRITING.most, least: WRITING.most } })
  const manner = crew ? { crew } : { background: true, pace }
  const { bytes } = await copyData({ data, target, what }, manner)
  const copied = new Set(await listNames(join(target, 'pg_wal')))
  if (!copied.has(first)) throw removed(first)
  const segmentBytes = (await fileMark(join(target, 'pg_wal', first)))?.sizeBytes ?? 0
  for (let name = first; name < last;) {
    name = nextSegment(name, segmentBytes)
    if (!copied.has(name)) throw removed(name)
  }
  return bytes
}

/** Only a superuser can make one, and a managed instance has none but us; a copy without it would be no copy. */
export async function refuseTablespaces(data: string): Promise<void> {
  const names = await listNames(join(data, 'pg_tblspc'))
  if (names.length === 0) return
  throw new AppError(
    'NOT_SUPPORTED',
    'an instance with tablespaces of its own cannot be copied yet',
    {
      details: { tablespaces: names },
    },
  )
}
