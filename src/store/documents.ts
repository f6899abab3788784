import {
  ConfigDocument,
  CredentialDocument,
  InstanceDocument,
  ProjectDocument,
} from '../contract/documents/instance.ts'
import { MemberDocument, MemberStatus } from '../contract/documents/member.ts'
import { LockDocument, OperationDocument } from '../contract/documents/operation.ts'
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
    events: collection(store, 'events', Event),
  }
}

export type Documents = ReturnType<typeof documents>
