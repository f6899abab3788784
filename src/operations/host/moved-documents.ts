import type { HostFile } from '../../contract/documents/host.ts'
import type { Convert } from '../../store/copy-documents.ts'
import { documents } from '../../store/documents.ts'
import type { Entry, Store } from '../../store/store.ts'

/** Written under a lease, or else of the moment: who runs it writes it anew. */
const OF_THE_MOMENT = ['claims/', 'host-status/', 'leader/']
/** What agents saw. It is still so, and yet no answer to any document of the other store, whose revisions are others. */
const SEEN = ['observed/']
/** What a joining host brings along; the rest of its home is empty. */
const OF_A_JOINER = ['operations/', 'locks/', 'events/']
/** What a machine by itself has no use for. */
const OF_A_CLUSTER = ['clusters/', 'hosts/']
/** Whose documents say on which host they are. */
const WITH_HOST = ['projects/', 'instances/', 'members/', 'lineages/', 'snapshots/', 'operations/']

/** What becomes of a home’s documents in the cluster. */
export function intoCluster({ came, host }: Pick<HostFile, 'came' | 'host'>): Convert {
  // From the first moment each says whose it is: what says nothing, no worker and no agent takes.
  const owned = (entry: Entry): unknown =>
    isOf(entry, WITH_HOST) ? { ...(entry.value as object), host: host.name } : valueOf(entry)
  if (came === 'first') return (entry) => (isOf(entry, OF_THE_MOMENT) ? undefined : owned(entry))
  return (entry) => {
    if (!isOf(entry, OF_A_JOINER)) return undefined
    if (!isOf(entry, ['operations/'])) return entry.value
    const operation = entry.value as { finishedAt?: string }
    // What has ended is of no use there; and of its leaving, when it was a host before, the cluster has a version of its own.
    return operation.finishedAt === undefined ? owned(entry) : undefined
  }
}

/** What becomes of the last host’s documents when it is one machine by itself again. */
export const outOfCluster: Convert = (entry) => {
  if (isOf(entry, [...OF_THE_MOMENT, ...OF_A_CLUSTER])) return undefined
  if (!isOf(entry, WITH_HOST)) return valueOf(entry)
  const { host: _, ...value } = entry.value as { host?: unknown }
  return value
}

/** What a host takes along that leaves others behind: the operations `ids`, which see to the rest of its leaving, and their locks. */
export function ofOperations(ids: ReadonlySet<string>): Convert {
  return (entry) => {
    const { id, operation } = entry.value as { id?: string; operation?: string }
    const isLock = isOf(entry, ['locks/']) && operation !== undefined && ids.has(operation)
    const isOne = isOf(entry, ['operations/']) && id !== undefined && ids.has(id)
    return isLock || isOne ? outOfCluster(entry) : undefined
  }
}

/** What a host has under way. */
export async function liveOperationsOf(store: Store, host: string): Promise<ReadonlySet<string>> {
  const all = await documents(store).operations.list()
  const live = all.filter(({ value }) => value.host === host && value.finishedAt === undefined)
  return new Set(live.map(({ value }) => value.id))
}

const valueOf = (entry: Entry): unknown =>
  isOf(entry, SEEN) ? { ...(entry.value as object), memberRevision: 0 } : entry.value

const isOf = ({ key }: Entry, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => key.startsWith(prefix))
