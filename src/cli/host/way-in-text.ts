import type { z } from 'zod'
import type { hostApi } from '../../contract/api/hosts.ts'
import type { HostWanted } from '../../contract/host.ts'
import { fields } from '../output/fields.ts'

type Check = z.output<typeof hostApi.checkHost.reply>

/** What becoming a host will do to this machine. */
export function wayInText({ name, address, zone }: HostWanted, check: Check): string {
  const { ports, instances, cluster } = check
  const what = cluster
    ? `This makes ${name} (${address}) a host of the cluster at ${cluster.join(', ')}:`
    : `This makes ${name} (${address}) the first host of a cluster:`
  const running = instances === 1 ? 'one instance runs' : `${instances} instances run`
  const lines = fields([
    [
      'packages',
      'what is missing of etcd, Patroni, HAProxy, PgBouncer, pgBackRest and Postgres comes from this machine’s apt sources; none of their services is started',
    ],
    [
      'ports',
      `${ports.api} (API), ${ports.etcdClient} and ${ports.etcdPeer} (etcd) are opened on ${address}, for callers with a certificate or a token alone`,
    ],
    cluster
      ? ['secrets', 'the cluster’s key and certificate authority take the place of this home’s own']
      : ['state', `all that is known here moves from SQLite to etcd; ${running} on meanwhile`],
    ['zone', zone],
  ])
  const indented = lines.split('\n').map((line) => `  ${line}`)
  return [what, ...indented].join('\n')
}
