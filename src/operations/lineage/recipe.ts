import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { Recipe } from '../../contract/lineage.ts'
import { SUPERUSER } from '../../core/config/hba.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOf } from '../members.ts'
import { editLineage } from './lineage-of.ts'

/** Keeps with the lineage what a restore needs to make an instance like this one. Call it when the instance changed. */
export async function keepRecipe(d: Dependencies, project: string, service: string): Promise<void> {
  const instance = await instanceOf(d, project, service)
  if (!instance.lineage) return
  const credential = await d.documents.credentials.get(project, service)
  const name = `credentials/${project}/${service}`
  const password = d.secrets.open(name, credential?.value.sealed ?? '')
  const mode = (await d.documents.projects.get(project))?.value.mode
  await editLineage(d, instance.lineage, (lineage) => {
    const sealedName = `lineages/${lineage.id}`
    const known = lineage.recipe.sealedPassword
    // Sealing gives another text each time: what did not change is not written anew.
    const isSame = known !== '' && d.secrets.open(sealedName, known) === password
    const sealedPassword = isSame ? known : d.secrets.seal(sealedName, password)
    const recipe = { ...recipeOf(instance, sealedPassword), ...(mode ? { mode } : {}) }
    return { ...lineage, project, service, recipe }
  })
}

/** What of an instance a restore brings back. */
export function recipeOf(instance: InstanceDocument, sealedPassword: string): Recipe {
  const { engine, user, database, settings, memoryBytes, cpus, tls, portWanted, initdb } = instance
  return {
    version: `${engine.major}.${engine.minor}`,
    user,
    database,
    superuser: SUPERUSER,
    settings,
    memoryBytes,
    cpus,
    tls,
    portWanted,
    initdb,
    policy: instance.backups ?? defaultBackupPolicy,
    ...(instance.suspendAfterMs ? { suspendAfterMs: instance.suspendAfterMs } : {}),
    sealedPassword,
  }
}
