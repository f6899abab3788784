import { dirname, join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import { leftOutOfCopy } from '../../core/sql/backup.ts'
import { isStartWal } from '../../core/wal/start-wal.ts'
import { AppError } from '../../errors/app-error.ts'
import { cloneTree } from '../../system/clone-tree.ts'
import { ensureDirectory, removeTree } from '../../system/files.ts'
import { readControlData } from '../../system/tools/control-data.ts'
import { findRunningServer } from '../../system/tools/running-server.ts'
import type { StoppedCopy, Watch } from '../driver.ts'
import { refuseTablespaces } from './copy-running.ts'

/**
 * A copy of a stopped server's data, on the disk when this is done. The server is not started for it. SOURCE_CHANGED when
 * it was started meanwhile or did not stop in order: then only a copy by way of the server is whole. `leastWal`: of its WAL only
 * what it needs to start.
 */
export async function copyStopped(
  member: MemberDocument,
  target: string,
  watch: Watch,
  { leastWal = false }: { readonly leastWal?: boolean } = {},
): Promise<StoppedCopy> {
  const data = join(member.directory, 'data')
  await removeTree(target)
  await ensureDirectory(dirname(target), { mode: 0o711 })
  await refuseTablespaces(data)
  const before = await atRest(member, data)
  const isNeeded = isStartWal(before)
  const { bytes, reflinked } = await cloneTree(data, target, {
    live: true,
    exclude: (path) => {
      const [first, second, third] = path.split('/')
      if (first !== 'pg_wal') return leftOutOfCopy(path)
      if (!leastWal || second === undefined) return false
      // Its folders stay, empty.
      return folders.includes(second) ? third !== undefined : !isNeeded(second)
    },
    signal: watch.signal,
    onProgress: ({ bytesDone }) => watch.report(`${describeBytes(bytesDone)} copied`),
  })
  // A server's first act is to write its control file, and its last to write another end into it.
  const after = await atRest(member, data)
  if (JSON.stringify(after) !== JSON.stringify(before)) throw changed(member, 'was started')
  const { timeline, checkpointLsn } = before
  return { sizeBytes: bytes, reflinked, timeline, lsn: checkpointLsn }
}

/** What `pg_wal` has besides files. */
const folders: readonly string[] = ['archive_status', 'summaries']

async function atRest(member: MemberDocument, data: string) {
  const control = await readControlData(data)
  if (await findRunningServer(data)) throw changed(member, 'was started')
  if (!control.shutDown) throw changed(member, 'did not stop in order')
  return control
}

const changed = ({ project, service }: MemberDocument, what: string): AppError =>
  new AppError('SOURCE_CHANGED', `${project}/${service} ${what}, so its files alone are no copy`)
