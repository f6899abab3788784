import type { NewEvent } from '../../operations/dependencies.ts'
import { untilItWorks } from '../../operations/until-it-works.ts'
import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import { startedAt, version } from '../release.ts'
import type { EtcdMember } from './etcd-member.ts'
import { followHosts } from './follow-hosts.ts'
import { keepEtcd } from './keep-etcd.ts'
import type { OpenedStore } from './open-store.ts'
import { renewHostCertificate } from './renew-host-certificate.ts'
import { writeHostStatus } from './status-writer.ts'

export interface HostParts {
  readonly home: string
  readonly store: Store
  readonly documents: Documents
  readonly authority: KeyAndCertificate
  readonly member: EtcdMember
  readonly cluster: OpenedStore['cluster']
  readonly event: (event: NewEvent) => void
  readonly onError: (error: unknown) => void
}

/** What a host does beside its servers, until `signal` aborts; its member of etcd runs on after that. Never throws. */
export async function runHostParts(parts: HostParts, signal: AbortSignal): Promise<void> {
  const { cluster, onError } = parts
  const keeping = keepEtcd(parts, signal)
  if (!cluster) return keeping
  const host = cluster.file.host.name
  await Promise.all([
    keeping,
    writeHostStatus({ ...parts, host, version, startedAt }, signal),
    untilItWorks(() => followHosts({ ...parts, access: cluster.access }, signal), onError, signal),
    renewHostCertificate({ ...parts, cluster }, signal),
  ])
}
