import type { HostDocument, HostStatusDocument } from '../../contract/documents/host.ts'
import type { Host } from '../../contract/host.ts'
import type { EtcdMemberState } from '../../operations/host/machine.ts'
import type { Services } from '../services.ts'

/** The hosts as people see them, by name: what the store says, what their daemons say, and what etcd says now. */
export async function hostViews(s: Services): Promise<Host[]> {
  const file = await s.machine.file()
  if (file?.state !== 'member') return []
  const { hosts, hostStatus, members } = s.documents
  const [known, states, servers, etcd] = await Promise.all([
    hosts.list(),
    hostStatus.list(),
    members.list(),
    s.machine.etcd(file).members(),
  ])
  const nameOf = (key: string): string => key.slice(`${hostStatus.prefix}/`.length)
  const stateOf = new Map(states.map(({ key, value }) => [nameOf(key), value]))
  return known.map(({ value: host }) => {
    const there = servers.filter(({ value }) => value.host === host.name)
    return hostView(host, {
      status: stateOf.get(host.name),
      etcd: etcd.find(({ address }) => address === host.address),
      instances: new Set(there.map(({ value }) => `${value.project}/${value.service}`)).size,
    })
  })
}

interface Seen {
  readonly status: HostStatusDocument | undefined
  readonly etcd: EtcdMemberState | undefined
  readonly instances: number
}

function hostView(
  { name, address, zone, phase, joinedAt, hasEtcd }: HostDocument,
  { status, etcd, instances }: Seen,
): Host {
  const { version, seenAt, system, cpus, memoryBytes, diskFreeBytes } = status ?? {}
  const role = etcd?.role ?? (hasEtcd ? 'down' : undefined)
  return {
    name,
    address,
    ...(zone === undefined ? {} : { zone }),
    phase,
    isUp: status !== undefined,
    joinedAt,
    ...(status ? { version, seenAt, system, cpus, memoryBytes, diskFreeBytes } : {}),
    ...(role === undefined
      ? {}
      : { etcd: { role, ...(etcd?.version ? { version: etcd.version } : {}) } }),
    instances,
  }
}
