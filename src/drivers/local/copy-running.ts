import { dirname, join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import { backupCalls, isWalBetween, leftOutOfCopy } from '../../core/sql/backup.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Account } from '../../system/account.ts'
import { cloneTree } from '../../system/clone-tree.ts'
import { ensureDirectory, listNames, removeTree, writeAtomic } from '../../system/files.ts'
import type { Session, Watch } from '../driver.ts'
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
): Promise<{ sizeBytes: number }> {
  const data = join(member.directory, 'data')
  await removeTree(target)
  await ensureDirectory(dirname(target), { mode: 0o711 })
  await refuseTablespaces(data)
  const calls = backupCalls(member.engine.major)
  const session = await openSession(member, { database: 'postgres' })
  try {
    // The slot keeps the WAL that the copy needs; it goes with the session, whatever happens.
    await session.query(calls.keepWal)
    const [start] = await session.query<{ wal: string }>(calls.start)
    const { bytes } = await cloneTree(data, target, {
      live: true,
      exclude: leftOutOfCopy,
      signal: watch.signal,
      onProgress: ({ bytesDone }) => watch.report(`${describeBytes(bytesDone)} copied`),
    })
    const label = await finish(session, calls.stop)
    const walBytes = await copyWal(data, target, start?.wal ?? '', label.wal)
    await writeAtomic(join(target, 'backup_label'), label.labelfile, {
      mode: 0o600,
      owner: account,
    })
    return { sizeBytes: bytes + walBytes }
  } finally {
    await session.close()
  }
}

interface Label {
  readonly labelfile: string
  /** Name of the last WAL file that the copy needs. */
  readonly wal: string
}

async function finish(session: Session, stop: string): Promise<Label> {
  const [label] = await session.query<Label>(stop)
  if (!label) throw new AppError('INTERNAL', 'the server ended the backup without a label')
  return label
}

async function copyWal(data: string, target: string, first: string, last: string): Promise<number> {
  const wal = join(target, 'pg_wal')
  const isFolder = (path: string): boolean => path === 'archive_status' || path === 'summaries'
  const { bytes } = await cloneTree(join(data, 'pg_wal'), wal, {
    live: true,
    exclude: (path) => !isFolder(path) && !isWalBetween(path, first, last),
  })
  const names = await listNames(wal)
  if (names.includes(first) && names.includes(last)) return bytes
  throw new AppError('SNAPSHOT_UNUSABLE', `the server removed WAL that the copy needs: ${first}`)
}

/** Only a superuser can make one, and a managed instance has none but us; a copy without it would be no copy. */
async function refuseTablespaces(data: string): Promise<void> {
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
