import { setTimeout as delay } from 'node:timers/promises'
import type { HostFile } from '../../contract/documents/host.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import type { HostAccess } from './etcd-access.ts'
import type { EtcdMember } from './etcd-member.ts'
import { hostCertificate } from './host-certificate.ts'

/** Certificates are renewed a month before they end. */
const LOOK_MS = 12 * 60 * 60 * 1000

interface Renewing {
  readonly home: string
  readonly authority: KeyAndCertificate
  readonly member: EtcdMember
  readonly cluster: { readonly file: HostFile; readonly access: HostAccess }
  readonly onError: (error: unknown) => void
}

/** Renews what this host shows to others and to etcd, until `signal` aborts. Nothing is started again for it. */
export async function renewHostCertificate(r: Renewing, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const pem = await hostCertificate(r.home, r.authority, r.cluster.file.host)
      r.cluster.access.usePem(pem)
      await r.member.renew(pem)
    } catch (error) {
      r.onError(error)
    }
    await delay(LOOK_MS, undefined, { signal }).catch(() => {}) // told to end
  }
}
