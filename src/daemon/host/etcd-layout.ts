import { join } from 'node:path'
import { homeLayout } from '../home.ts'

/** Where a host keeps its member of etcd. */
export function etcdLayout(home: string) {
  const folder = homeLayout(home).etcd
  return {
    folder,
    /** The member's own; nobody else writes there. */
    data: join(folder, 'data'),
    tls: join(folder, 'tls'),
    /** Certificate and key. */
    hostPem: join(folder, 'tls', 'host.pem'),
    caCertificate: join(folder, 'tls', 'ca.crt'),
    /** While it is there, the member is wanted. */
    config: join(folder, 'etcd.yaml'),
    log: join(folder, 'etcd.log'),
  }
}
