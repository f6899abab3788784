import type { ClusterPorts } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'

/** Beside etcd's own 2379 and 2380, which the distribution's etcd or another program may have. */
const FIRST = 7432

/** The ports of a new cluster. */
export const clusterPorts = (): ClusterPorts => ownPorts() ?? from(FIRST)

/** Those that HOWDAH_CLUSTER_PORTS, a number, begins with: several homes of one machine need each their own. */
export function ownPorts(): ClusterPorts | undefined {
  const text = process.env['HOWDAH_CLUSTER_PORTS']
  if (text === undefined || text === '') return undefined
  const first = Number(text)
  if (Number.isInteger(first) && first > 1023 && first < 65_532) return from(first)
  throw new AppError('USAGE', `HOWDAH_CLUSTER_PORTS is “${text}”, not a port from 1024 on`)
}

const from = (first: number): ClusterPorts => ({
  api: first,
  etcdClient: first + 1,
  etcdPeer: first + 2,
  etcdMetrics: first + 3,
})
