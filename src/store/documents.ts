import { ClockDocument } from '../contract/documents/clock.ts'
import {
  ConfigDocument,
  CredentialDocument,
  InstanceDocument,
  ProjectDocument,
  ScriptDocument,
} from '../contract/documents/instance.ts'
import {
  ArchiveDocument,
  BackupDocument,
  DrillDocument,
  LineageDocument,
} from '../contract/documents/lineage.ts'
import { ClusterDocument, HostDocument, HostStatusDocument } from '../contract/documents/host.ts'
import { MemberDocument, MemberStatus } from '../contract/documents/member.ts'
import { LockDocument, OperationDocument } from '../contract/documents/operation.ts'
import { RepositoryDocument } from '../contract/documents/repository.ts'
import { AuditEntry } from '../contract/token.ts'
import { TokenDocument } from '../contract/documents/token.ts'
import { SnapshotDocument } from '../contract/documents/snapshot.ts'
import { Event } from '../contract/operation.ts'
import { collection } from './collection.ts'
import type { Store } from './store.ts'

/** Where each kind of document is. Ids: project, project/service, project/service/index, or one of its own. */
export function documents(store: Store) {
  return {
    projects: collection(store, 'projects', ProjectDocument),
    instances: collection(store, 'instances', InstanceDocument),
    credentials: collection(store, 'credentials', CredentialDocument),
    config: collection(store, 'config', ConfigDocument),
    members: collection(store, 'members', MemberDocument),
    observed: collection(store, 'observed', MemberStatus),
    operations: collection(store, 'operations', OperationDocument),
    locks: collection(store, 'locks', LockDocument),
    snapshots: collection(store, 'snapshots', SnapshotDocument),
    lineages: collection(store, 'lineages', LineageDocument),
    /** lineage/backup */
    backups: collection(store, 'backups', BackupDocument),
    archives: collection(store, 'archives', ArchiveDocument),
    /** lineage/drill */
    drills: collection(store, 'drills', DrillDocument),
    repositories: collection(store, 'repositories', RepositoryDocument),
    scripts: collection(store, 'scripts', ScriptDocument),
    events: collection(store, 'events', Event),
    /** By the host's name; on a machine by itself one, by the name `machine`. */
    clocks: collection(store, 'clocks', ClockDocument),
    /** One, by the name `cluster`; none on a machine by itself. */
    clusters: collection(store, 'clusters', ClusterDocument),
    /** By name. */
    hosts: collection(store, 'hosts', HostDocument),
    /** By name, under the lease of its daemon. */
    hostStatus: collection(store, 'host-status', HostStatusDocument),
    /** By its name, which is unique. */
    tokens: collection(store, 'tokens', TokenDocument),
    audit: collection(store, 'audit', AuditEntry),
  }
}

export type Documents = ReturnType<typeof documents>
