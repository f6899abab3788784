import type { HostFile } from '../../contract/documents/host.ts'
import { url } from '../../core/config/etcd.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import { type EtcdAccess, EtcdClient } from '../../system/etcd/etcd-client.ts'
import { hostCertificate } from './host-certificate.ts'

type Where = Pick<HostFile, 'host' | 'ports' | 'etcdHosts'>

/** How this host speaks with etcd: which members, its own first, and as whom. Both may be made newer while it is in use. */
export interface HostAccess extends EtcdAccess {
  knowHosts(addresses: readonly string[]): void
  usePem(pem: string): void
}

export async function etcdAccess(
  home: string,
  authority: KeyAndCertificate,
  { host, ports, etcdHosts }: Where,
): Promise<HostAccess> {
  const endpoints: string[] = []
  let pem = await hostCertificate(home, authority, host)
  const access: HostAccess = {
    endpoints,
    credentials: () => ({ caPem: authority.certPem, certPem: pem, keyPem: pem }),
    knowHosts(addresses) {
      const ownFirst = addresses.toSorted(
        (a, b) => Number(b === host.address) - Number(a === host.address),
      )
      endpoints.splice(0, endpoints.length, ...ownFirst.map((a) => url(a, ports.etcdClient)))
    },
    usePem(renewed) {
      pem = renewed
    },
  }
  access.knowHosts(etcdHosts)
  return access
}

/** Asks a cluster of etcd something. */
export async function askEtcd<T>(
  access: EtcdAccess,
  ask: (client: EtcdClient) => Promise<T>,
): Promise<T> {
  const client = new EtcdClient(access)
  try {
    return await ask(client)
  } finally {
    client.close()
  }
}
