import type { HostFile, JoinBundle } from '../../contract/documents/host.ts'
import type { HostWanted } from '../../contract/host.ts'

/** A cluster as its first host begins it. */
export interface Founded {
  readonly cluster: string
  readonly ports: HostFile['ports']
}

/** What a machine that joins learns of the cluster and may remember; nothing of it is secret. */
export type Admitted = Pick<JoinBundle, 'cluster' | 'etcdHosts' | 'hasEtcd'>

/** `host.json` of the first host while its etcd is made ready. */
export function firstHostFile(host: HostWanted, { cluster, ports }: Founded): HostFile {
  const { name, address } = host
  return {
    format: 1,
    state: 'preparing',
    host,
    cluster,
    ports,
    came: 'first',
    etcd: { state: 'new', members: [{ name, address }] },
    etcdHosts: [address],
  }
}

/**
 * The same of a machine that joins. Its own member of etcd is asked nothing before it has its vote, so it is not among `etcdHosts`
 * yet. `metricsPort` is the machine’s own affair.
 */
export function joiningHostFile(
  host: HostWanted,
  { cluster, etcdHosts, hasEtcd }: Admitted,
  metricsPort: number,
): HostFile {
  const { name, address } = host
  const members = [...etcdHosts, { name, address }]
  return {
    format: 1,
    state: 'preparing',
    host,
    cluster: cluster.id,
    ports: { ...cluster.ports, etcdMetrics: metricsPort },
    came: 'joiner',
    ...(hasEtcd ? { etcd: { state: 'existing', members } as const } : {}),
    etcdHosts: etcdHosts.map((host) => host.address),
  }
}

/** The same when all is ready and the state is to move. */
export function movingHostFile(file: HostFile): HostFile {
  const own = file.etcd ? [file.host.address] : []
  return { ...file, state: 'moving', etcdHosts: [...new Set([...own, ...file.etcdHosts])] }
}
