import type { MemberDocument } from '../contract/documents/member.ts'
import { AppError } from '../errors/app-error.ts'
import { cloneTree } from '../system/clone-tree.ts'
import { ensureDirectory, removeTree, renameDurably } from '../system/files.ts'
import { initdb } from '../system/tools/initdb.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'

/** Makes a member's data beside its place and moves it there when whole: half-made data never looks like data. */
export async function createData(
  doc: MemberDocument,
  env: AgentEnvironment,
  signal: AbortSignal,
): Promise<void> {
  const { data, dataInTheMaking } = layout(doc)
  // Others may pass through to what is theirs, and see nothing.
  await ensureDirectory(doc.directory, { mode: 0o711 })
  await removeTree(dataInTheMaking)
  await fillFrom(doc, env, dataInTheMaking, signal)
  await renameDurably(dataInTheMaking, data)
}

async function fillFrom(
  doc: MemberDocument,
  env: AgentEnvironment,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const { source } = doc
  if (source.kind === 'copy') {
    await cloneTree(source.directory, directory, { signal, sync: source.durable })
    return
  }
  await ensureDirectory(directory, { mode: 0o700, owner: env.account })
  await initdb(doc.engine.binDirectory, {
    directory,
    major: doc.engine.major,
    superuser: source.superuser,
    options: source.options,
    account: env.account,
    signal,
  })
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
