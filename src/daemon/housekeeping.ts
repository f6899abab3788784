import { join } from 'node:path'
import type { Documents } from '../store/documents.ts'
import type { SqliteStore } from '../store/sqlite/sqlite-store.ts'
import { ensureDirectory, listNames, removeTree } from '../system/files.ts'

const KEPT_OPERATIONS = 500
const KEPT_BACKUPS = 7

/** A copy of the state file for each day it was used, the last seven of them. */
export async function backUpState(store: SqliteStore, folder: string): Promise<void> {
  await ensureDirectory(folder, { mode: 0o700 })
  const name = `state-${new Date().toISOString().slice(0, 10)}.db`
  const names = (await listNames(folder)).sort()
  if (!names.includes(name)) {
    store.backUpTo(join(folder, name))
    names.push(name)
  }
  for (const old of names.slice(0, Math.max(0, names.length - KEPT_BACKUPS))) {
    await removeTree(join(folder, old))
  }
}

/** Ended operations beyond the newest few hundred go. */
export async function pruneOperations(
  store: SqliteStore,
  { operations }: Documents,
): Promise<void> {
  const ended = (await operations.list()).filter((o) => o.value.finishedAt)
  const old = ended.slice(0, Math.max(0, ended.length - KEPT_OPERATIONS))
  if (old.length > 0) await store.write(old.map((o) => operations.remove([o.value.id])))
}
