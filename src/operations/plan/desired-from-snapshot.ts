import type { SnapshotDocument } from '../../contract/documents/snapshot.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import { DEFAULT_CPUS } from '../../core/sizing.ts'
import type { Dependencies } from '../dependencies.ts'

/** An instance like the one that was copied, with its password. Defaults stand in for what an old snapshot does not say. */
export function desiredFromSnapshot(
  d: Dependencies,
  snapshot: SnapshotDocument,
  project: string,
  service: string,
): DesiredInstance {
  const password = d.secrets.open(`snapshots/${snapshot.name}`, snapshot.sealedPassword)
  const name = `credentials/${project}/${service}`
  return {
    service,
    user: snapshot.user,
    database: snapshot.database,
    passwordFingerprint: d.secrets.fingerprint(name, password),
    sealedPassword: d.secrets.seal(name, password),
    portWanted: snapshot.portWanted ?? 5432,
    initdb: snapshot.initdb ?? {},
    initFiles: [],
    settings: snapshot.settings,
    memoryBytes: snapshot.memoryBytes,
    cpus: snapshot.cpus ?? DEFAULT_CPUS,
    tls: snapshot.tls ?? 'optional',
    fromSnapshot: snapshot.name,
  }
}
