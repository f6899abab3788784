import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import type { Dependencies } from '../dependencies.ts'

/** An instance like the one that a lineage is the history of, with its last password. */
export function desiredFromLineage(
  d: Pick<Dependencies, 'secrets'>,
  { id, recipe }: LineageDocument,
  project: string,
  service: string,
): DesiredInstance {
  const password = d.secrets.open(`lineages/${id}`, recipe.sealedPassword)
  const name = `credentials/${project}/${service}`
  return {
    service,
    user: recipe.user,
    database: recipe.database,
    passwordFingerprint: d.secrets.fingerprint(name, password),
    sealedPassword: d.secrets.seal(name, password),
    portWanted: recipe.portWanted,
    initdb: recipe.initdb,
    initFiles: [],
    settings: recipe.settings,
    memoryBytes: recipe.memoryBytes,
    cpus: recipe.cpus,
    tls: recipe.tls,
    backups: recipe.policy,
    ...(recipe.suspendAfterMs ? { suspendAfterMs: recipe.suspendAfterMs } : {}),
  }
}
