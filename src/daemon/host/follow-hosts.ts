import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import type { HostAccess } from './etcd-access.ts'
import { editHostFile } from './host-file.ts'

interface Following {
  readonly store: Store
  readonly documents: Documents
  readonly home: string
  readonly access: HostAccess
}

/**
 * Keeps to which hosts have a member of etcd, until `signal` aborts: for requests from now on, and in `host.json` for the next start,
 * when there may be no other way to know.
 */
export async function followHosts(
  { store, documents, home, access }: Following,
  signal: AbortSignal,
): Promise<void> {
  const changes = store.watch(`${documents.hosts.prefix}/`, signal)
  await look()
  for await (const _ of changes) await look()

  async function look(): Promise<void> {
    const hosts = (await documents.hosts.list()).map(({ value }) => value)
    const addresses = hosts.filter((h) => h.hasEtcd && h.phase !== 'joining').map((h) => h.address)
    // Before the first host has registered there is none; where the store is is known all the same.
    if (addresses.length === 0) return
    access.knowHosts(addresses)
    await editHostFile(home, (file) => {
      const known = new Set(file?.etcdHosts)
      const isKnown = known.size === addresses.length && addresses.every((a) => known.has(a))
      if (file?.state !== 'member' || isKnown) return undefined
      return { ...file, etcdHosts: addresses }
    })
  }
}
