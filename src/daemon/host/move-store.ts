import { rm } from 'node:fs/promises'
import type { HostFile } from '../../contract/documents/host.ts'
import { copyDocuments } from '../../store/copy-documents.ts'
import { documents } from '../../store/documents.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import { exists, renameDurably } from '../../system/files.ts'
import { homeLayout } from '../home.ts'
import { removeHostFile, writeHostFile } from './host-file.ts'
import {
  intoCluster,
  liveOperationsOf,
  ofOperations,
  outOfCluster,
} from '../../operations/host/moved-documents.ts'
import { keepAsOwn, putBackOwn } from './own-authority.ts'

/**
 * Copies this home’s documents to the cluster’s store, and has the home remember that its state is there. What was broken off is
 * done again: SQLite’s file is put aside only when all is copied and the home knows of it.
 */
export async function moveIntoCluster(
  home: string,
  file: HostFile,
  etcd: Store,
): Promise<HostFile> {
  const { state } = homeLayout(home)
  if (await exists(state)) {
    const sqlite = openSqliteStore(state)
    try {
      // A cluster that others work in may have cancelled, or given up, what this machine brings.
      const others = file.came === 'joiner' ? 'may write' : 'none'
      await copyDocuments(sqlite, etcd, intoCluster(file), { others })
    } finally {
      // Writes its log into the file, so that the file alone is all of it.
      await sqlite.close()
    }
  }
  const member: HostFile = { ...file, state: 'member' }
  await writeHostFile(home, member)
  await putAsideSqlite(home)
  return member
}

/** The file of before is kept beside: nothing reads it again. */
export async function putAsideSqlite(home: string): Promise<void> {
  const { state, stateBeforeCluster } = homeLayout(home)
  if (!(await exists(state))) return
  await renameDurably(state, stateBeforeCluster)
  for (const beside of ['-wal', '-shm']) await rm(`${state}${beside}`, { force: true })
}

/**
 * Makes a SQLite file of the cluster’s documents, all of them when this is the last host and only those of the leaving itself
 * otherwise, and has the home forget that it was a host. The file has its name only when it is whole.
 */
export async function moveOutOfCluster(home: string, file: HostFile, etcd: Store): Promise<void> {
  const { state } = homeLayout(home)
  // What has the name was made by a try that was broken off later.
  if (!(await exists(state))) await makeSqlite(state, file, etcd)
  if (!file.isLast) await endInCluster(etcd, await liveOperationsOf(etcd, file.host.name))
  const left: HostFile = { ...file, state: 'left' }
  await writeHostFile(home, left)
  await endLeaving(home, left)
}

/** The last of it, which needs no etcd: with its own authority in place the home could not ask any more. */
export async function endLeaving(home: string, { isLast }: HostFile): Promise<void> {
  await (isLast ? keepAsOwn(home) : putBackOwn(home))
  await removeHostFile(home)
}

async function makeSqlite(path: string, file: HostFile, etcd: Store): Promise<void> {
  const making = `${path}.new`
  for (const beside of ['', '-wal', '-shm']) await rm(`${making}${beside}`, { force: true })
  const sqlite = openSqliteStore(making)
  try {
    const leaving = await liveOperationsOf(etcd, file.host.name)
    await copyDocuments(etcd, sqlite, file.isLast ? outOfCluster : ofOperations(leaving))
  } finally {
    await sqlite.close()
  }
  await renameDurably(making, path)
}

/** For those who stay it is done: the rest happens on a machine that they know no more. */
async function endInCluster(store: Store, ids: ReadonlySet<string>): Promise<void> {
  const { operations, locks } = documents(store)
  const finishedAt = new Date().toISOString()
  for (const id of ids) {
    const found = await operations.get(id)
    if (!found) continue
    const held = (await locks.list()).filter(({ value }) => value.operation === id)
    await store.write([
      operations.put([id], { ...found.value, state: 'done', finishedAt }, found.revision),
      ...held.map(({ key, revision }) => ({ kind: 'delete', key, ifRevision: revision }) as const),
    ])
  }
}
