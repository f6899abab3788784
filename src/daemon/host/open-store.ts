import type { HostFile } from '../../contract/documents/host.ts'
import { untilItWorks } from '../../operations/until-it-works.ts'
import { openEtcdStore } from '../../store/etcd/etcd-store.ts'
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts'
import type { Store } from '../../store/store.ts'
import { openAuthority } from '../authority.ts'
import { homeLayout } from '../home.ts'
import { copyOfDocuments, copyOfSqlite, type StateCopy } from '../state-copy.ts'
import { etcdAccess, type HostAccess } from './etcd-access.ts'
import type { EtcdMember } from './etcd-member.ts'
import { readHostFile } from './host-file.ts'
import { endLeaving, moveIntoCluster, moveOutOfCluster, putAsideSqlite } from './move-store.ts'
import { throwUnlessPassing } from './passing-failure.ts'

/** Where the state of a home is. */
export interface OpenedStore {
  readonly store: Store
  /** A copy of all of it, for bad days. */
  readonly copy: StateCopy
  /** Undefined while the state is in SQLite. */
  readonly cluster: { readonly file: HostFile; readonly access: HostAccess } | undefined
}

export interface Opening {
  readonly home: string
  readonly member: EtcdMember
  /** Told of each try that failed; others follow. */
  readonly onFailure: (error: unknown) => void
  readonly signal: AbortSignal
}

/**
 * Opens the state of a home where its `host.json` says that it is, and moves it there first if that is asked for. Without an etcd that
 * answers it tries on until `signal` aborts, which gives undefined; the servers run on meanwhile.
 */
export async function openStore(opening: Opening): Promise<OpenedStore | undefined> {
  const { home } = opening
  const file = await readHostFile(home)
  if (!file || file.state === 'preparing') return openInSqlite(home)
  if (file.state === 'left') {
    await endLeaving(home, file)
    return openInSqlite(home)
  }
  const access = await etcdAccess(home, await openAuthority(home), file)
  const store = await openEtcd(access, opening)
  if (!store) return undefined
  try {
    if (file.state === 'leaving') {
      await moveOutOfCluster(home, file, store)
      await store.close()
      return openInSqlite(home)
    }
    if (file.state === 'member') await putAsideSqlite(home)
    const member = file.state === 'moving' ? await moveIntoCluster(home, file, store) : file
    return { store, copy: copyOfDocuments(store), cluster: { file: member, access } }
  } catch (error) {
    await store.close()
    throw error
  }
}

function openInSqlite(home: string): OpenedStore {
  const store = openSqliteStore(homeLayout(home).state)
  return { store, copy: copyOfSqlite(store), cluster: undefined }
}

async function openEtcd(
  access: HostAccess,
  { member, onFailure, signal }: Opening,
): Promise<Store | undefined> {
  let opened: Store | undefined
  const open = async (): Promise<void> => {
    await member.ensure()
    opened = await beforeAbort(openEtcdStore(access), signal)
  }
  await untilItWorks(open, throwUnlessPassing(onFailure), signal)
  return opened
}

/** An opening that nobody waits for any more is closed when it comes. */
async function beforeAbort(opening: Promise<Store>, signal: AbortSignal): Promise<Store> {
  const aborted = new Promise<never>((_, reject) => {
    const give = (): void => reject(signal.reason as Error)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })
  try {
    return await Promise.race([opening, aborted])
  } catch (error) {
    if (signal.aborted) {
      // It fails when there is still no etcd: then there is nothing to close.
      void opening.then((late) => late.close()).catch(() => {})
    }
    throw error
  }
}
