import type { HostDocument, JoinBundle } from '../../contract/documents/host.ts'
import type { HostWanted } from '../../contract/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { hostFileOf } from './host-file-of.ts'

/** More members make etcd slower and no safer: five bear the loss of two. */
const MOST_ETCD_MEMBERS = 5

/**
 * Lets a machine become a host and gives it all that it needs. Asked again for the same name and address it answers the same, until
 * that host takes part. HOST_EXISTS for a name or an address of another, JOIN_REFUSED while another one is on its way.
 */
export async function admitHost(d: Dependencies, wanted: HostWanted): Promise<JoinBundle> {
  const file = await hostFileOf(d)
  const { name, address } = wanted
  const host = await enter(d, wanted)
  const etcd = d.machine.etcd(file)
  if (host.hasEtcd) await etcd.addLearner(address)
  const hosts = (await d.documents.hosts.list()).map(({ value }) => value)
  const addresses = new Set((await etcd.members()).map((member) => member.address))
  const cluster = await d.documents.clusters.get('cluster')
  if (!cluster) throw new AppError('STORE_CORRUPT', 'the store does not say which cluster it is of')
  return {
    cluster: cluster.value,
    ...(await d.machine.bundle()),
    etcdHosts: hosts
      .filter((other) => other.name !== name && addresses.has(other.address))
      .map((other) => ({ name: other.name, address: other.address })),
    hasEtcd: host.hasEtcd,
  }
}

/** Takes back what `admitHost` made. False when there was nothing; CHANGE_REFUSED for a host that takes part. */
export async function withdrawHost(d: Dependencies, wanted: HostWanted): Promise<boolean> {
  const file = await hostFileOf(d)
  const found = await d.documents.hosts.get(wanted.name)
  if (!found || found.value.address !== wanted.address) return false
  if (found.value.phase !== 'joining') {
    throw new AppError('CHANGE_REFUSED', `“${wanted.name}” takes part already`)
  }
  if (found.value.hasEtcd) await d.machine.etcd(file).remove(wanted.address)
  await d.store.write([d.documents.hosts.remove([wanted.name], found.revision)])
  return true
}

/** Its document, made now or before. Machines that ask at the same time do so one after another. */
async function enter(
  { store, documents }: Dependencies,
  wanted: HostWanted,
): Promise<HostDocument> {
  for (;;) {
    const cluster = await documents.clusters.get('cluster')
    if (!cluster) throw new AppError('NOT_A_HOST', 'this machine is no host yet')
    const hosts = (await documents.hosts.list()).map(({ value }) => value)
    const before = hosts.find((host) => isAskedAgain(host, wanted))
    if (before) return before
    expectFree(hosts, wanted)
    const members = hosts.filter(({ hasEtcd }) => hasEtcd)
    const hasEtcd = members.length < MOST_ETCD_MEMBERS
    if (hasEtcd) expectNobodyOnTheWay(members)
    const joinedAt = new Date().toISOString()
    const host: HostDocument = { format: 1, ...wanted, phase: 'joining', joinedAt, hasEtcd }
    try {
      await store.write([
        documents.hosts.put([wanted.name], host, 0),
        documents.clusters.put(['cluster'], cluster.value, cluster.revision),
      ])
      return host
    } catch (error) {
      if (AppError.from(error).code !== 'STORE_CONFLICT') throw error
    }
  }
}

const isAskedAgain = (host: HostDocument, { name, address }: HostWanted): boolean =>
  host.name === name && host.address === address && host.phase === 'joining'

function expectFree(hosts: readonly HostDocument[], { name, address }: HostWanted): void {
  const other = hosts.find((host) => host.name === name || host.address === address)
  if (!other) return
  const { phase } = other
  throw new AppError(
    'HOST_EXISTS',
    `there is a host “${other.name}” with the address ${other.address}${phase === 'live' ? '' : ` (${phase})`}`,
  )
}

/** etcd takes one member without a vote at a time, and one that left changes who has a majority. */
function expectNobodyOnTheWay(members: readonly HostDocument[]): void {
  const other = members.find(({ phase }) => phase !== 'live')
  if (!other) return
  throw new AppError('JOIN_REFUSED', `the host “${other.name}” is ${other.phase} now`, {
    details: { onTheWay: other.name },
    hint: `Try again when \`howdah host ls\` shows that it is done. If it never will be: \`howdah host rm ${other.name} --lost\`.`,
  })
}
