import { join } from 'node:path'
import type { DataSource, MemberDocument, MemberProgress } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import { cloneTree } from '../system/clone-tree.ts'
import {
  ensureDirectory,
  exists,
  removeTree,
  renameDurably,
  sizeOfTree,
  writeAtomic,
} from '../system/files.ts'
import { moveTree } from '../system/move-tree.ts'
import { expectRoomForCopy } from '../system/room.ts'
import { restoreData } from '../system/tools/pgbackrest-restore.ts'
import { initdb } from '../system/tools/initdb.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'

type From<K extends DataSource['kind']> = Extract<DataSource, { kind: K }>

export interface Making {
  readonly env: Pick<AgentEnvironment, 'account'>
  readonly signal: AbortSignal
  readonly onProgress: (progress: MemberProgress) => void
}

/**
 * Makes a member's data beside its place and moves it there when whole: half-made data never looks like data. Data that is
 * to recover gets `recovery.signal` before that, so that it is never started as if it were complete.
 */
export async function createData(doc: MemberDocument, making: Making): Promise<void> {
  const { data, dataInTheMaking } = layout(doc)
  const { source } = doc
  // Others may pass through to what is theirs, and see nothing.
  await ensureDirectory(doc.directory, { mode: 0o711 })
  if (source.kind === 'move') return moveHere(doc, source, making)
  await removeTree(dataInTheMaking)
  if (source.kind === 'initdb') await initialise(doc, source, making)
  else if (source.kind === 'copy') await copy(doc, source, making)
  else await restore(doc, source, making)
  await renameDurably(dataInTheMaking, data)
}

async function initialise(
  doc: MemberDocument,
  { superuser, options }: From<'initdb'>,
  { env, signal }: Making,
): Promise<void> {
  const { account } = env
  const directory = layout(doc).dataInTheMaking
  await ensureDirectory(directory, { mode: 0o700, owner: account })
  const { binDirectory, major } = doc.engine
  await initdb(binDirectory, { directory, major, superuser, options, account, signal })
}

async function copy(doc: MemberDocument, source: From<'copy'>, making: Making): Promise<void> {
  const { dataInTheMaking } = layout(doc)
  const bytesTotal = await sizeOfTree(source.directory)
  await expectRoomForCopy(source.directory, doc.directory, bytesTotal)
  await cloneTree(source.directory, dataInTheMaking, {
    signal: making.signal,
    sync: source.durable,
    background: doc.priority === 'background',
    onProgress: ({ bytesDone }) => making.onProgress({ stage: 'copying', bytesDone, bytesTotal }),
  })
  await expectStillThere(doc, source.directory)
  // Postgres starts on nothing else, and a repository that was carried here may have lost its modes on the way.
  await ensureDirectory(dataInTheMaking, { mode: 0o700, owner: making.env.account })
  if (source.recover) await markForRecovery(dataInTheMaking, making)
}

/**
 * Whoever removes a backup takes its name away before its files: a copy of a folder that is under its name to the end lacks
 * none, and of any other nobody can tell.
 */
async function expectStillThere(
  { project, service }: MemberDocument,
  directory: string,
): Promise<void> {
  if (await exists(directory)) return
  const message = `what ${project}/${service} is made of was removed while it was copied: ${directory}`
  throw new AppError('BACKUP_NOT_FOUND', message)
}

async function restore(
  doc: MemberDocument,
  source: From<'pgbackrest'>,
  making: Making,
): Promise<void> {
  const { dataInTheMaking } = layout(doc)
  const { env, signal, onProgress } = making
  await restoreData(source, dataInTheMaking, {
    account: env.account,
    signal,
    onProgress: (progress) => onProgress({ stage: 'copying', ...progress }),
    background: doc.priority === 'background',
  })
  await markForRecovery(dataInTheMaking, making)
}

async function moveHere(doc: MemberDocument, source: From<'move'>, making: Making): Promise<void> {
  const { data, dataInTheMaking } = layout(doc)
  if (!(await exists(source.directory))) {
    throw new AppError(
      'DATA_DIRECTORY_MISSING',
      `the data that was made for ${doc.project}/${doc.service} is gone: ${source.directory} is not there`,
    )
  }
  await moveTree(source.directory, data, {
    partial: dataInTheMaking,
    signal: making.signal,
    onProgress: copying(source.directory, making),
  })
}

/** Tells what is copied of how much. The size is found beside the copying, which is quicker where blocks are shared. */
function copying(directory: string, { onProgress }: Making) {
  let bytesTotal: number | undefined
  let sizing: Promise<unknown> | undefined
  return ({ bytesDone }: { bytesDone: number }): void => {
    sizing ??= sizeOfTree(directory).then(
      (bytes) => (bytesTotal = bytes),
      () => undefined, // a folder that cannot be read fails the copying, with the same reason
    )
    const total = bytesTotal === undefined ? {} : { bytesTotal }
    onProgress({ stage: 'copying', bytesDone, ...total })
  }
}

/** Postgres recovers from the archive for as long as this file is there (12 and later), and removes it at the end. */
async function markForRecovery(directory: string, { env }: Making): Promise<void> {
  const signal = { mode: 0o600, owner: env.account }
  await writeAtomic(join(directory, 'recovery.signal'), '', signal)
}

/** Why a member with these data cannot run; for `give-up`. */
export function dataError(
  doc: MemberDocument,
  reason: 'data-foreign' | 'data-missing',
  foundMajor: string | undefined,
): AppError {
  const { data } = layout(doc)
  return reason === 'data-foreign'
    ? new AppError(
        'DATA_DIRECTORY_FOREIGN',
        `${data} was made by Postgres ${foundMajor}, and this instance is Postgres ${doc.engine.major}`,
      )
    : new AppError(
        'DATA_DIRECTORY_MISSING',
        `the data of ${doc.project}/${doc.service} is gone: ${data} is not there`,
      )
}
