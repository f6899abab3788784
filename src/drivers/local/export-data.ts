import { dirname, join } from 'node:path'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { exportFiles } from '../../core/config/export-files.ts'
import { ARCHIVING_FILE } from '../../core/config/postgresql.ts'
import { AppError } from '../../errors/app-error.ts'
import { type Account, findAccount, ownUserName } from '../../system/account.ts'
import { chownTree } from '../../system/chown-tree.ts'
import {
  ensureDirectory,
  exists,
  readText,
  removeIfEmpty,
  removeTree,
  renameDurably,
  sizeOfTree,
  writeAtomic,
} from '../../system/files.ts'
import type { DataExport, Exported, Watch } from '../driver.ts'
import { copyRunning } from './copy-running.ts'
import { copyStopped } from './copy-stopped.ts'

/**
 * Copies a member's data to `directory` as a plain data directory, whole or not at all. Made in a folder that nobody but us
 * may enter; as root it then changes hands.
 */
export async function exportData(
  member: MemberDocument,
  asked: DataExport,
  servers: Account | undefined,
  watch: Watch,
): Promise<Exported> {
  const { directory, inTheMaking, resumed } = asked
  const data = join(inTheMaking, 'data')
  const owner = ownerOf(asked.owner, servers)
  const account = owner?.name ?? ownUserName()
  if (resumed && (await exists(directory)) && !(await exists(data))) {
    await removeTree(inTheMaking)
    return { sizeBytes: await sizeOfTree(directory), account }
  }
  await expectExportPlace(directory)
  await removeTree(inTheMaking)
  await ensureDirectory(inTheMaking, { mode: 0o700 })
  const { sizeBytes, at } = asked.running
    ? await copyOfRunning(member, data, servers, watch)
    : await copyOfStopped(member, data, watch)
  await ensureDirectory(inTheMaking, { mode: 0o700 })
  await removeTree(join(data, ARCHIVING_FILE))
  const autoConf = (await readText(join(data, 'postgresql.auto.conf'))) ?? ''
  const { running } = asked
  const files = exportFiles({ ...asked.facts, autoConf, account, directory, at, running })
  for (const [name, text] of Object.entries(files)) {
    await writeAtomic(join(data, name), text, { mode: 0o600, owner: servers })
  }
  if (owner) await chownTree(data, owner, watch.signal)
  await renameDurably(data, directory)
  await removeIfEmpty(inTheMaking)
  return { sizeBytes, account }
}

/** Who the files are to belong to; undefined when that is us, whose they are anyway. */
function ownerOf(name: string | undefined, servers: Account | undefined): Account | undefined {
  if (servers === undefined) {
    if (name === undefined || name === ownUserName()) return undefined
    throw new AppError('NOT_SUPPORTED', `only root can give files to the account “${name}”`)
  }
  if (name === undefined) return servers
  const account = findAccount(name)
  if (!account) throw new AppError('USAGE', `there is no account “${name}” on this machine`)
  if (account.uid !== 0) return account
  throw new AppError('USAGE', 'Postgres does not start as root: name another account with --owner')
}

/** Throws USAGE unless `directory` is free and its parent there. */
export async function expectExportPlace(directory: string): Promise<void> {
  if (await exists(directory)) {
    throw new AppError('USAGE', `${directory} is there already`, {
      hint: 'Name a folder that does not exist: an export never writes into one that does.',
    })
  }
  if (await exists(dirname(directory))) return
  throw new AppError('USAGE', `the folder ${dirname(directory)} is not there`, {
    hint: 'Make it first; the export makes only the last folder of the path.',
  })
}

async function copyOfRunning(
  member: MemberDocument,
  target: string,
  servers: Account | undefined,
  watch: Watch,
) {
  const { sizeBytes, stoppedAt } = await copyRunning(member, target, servers, watch)
  return { sizeBytes, at: stoppedAt }
}

async function copyOfStopped(member: MemberDocument, target: string, watch: Watch) {
  const { sizeBytes } = await copyStopped(member, target, watch, { leastWal: true })
  return { sizeBytes, at: new Date().toISOString() }
}
