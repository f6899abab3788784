import type { Dependencies } from '../dependencies.ts'
import { retold } from '../instance/way-back.ts'
import { editInstance, editMember, instanceOf, memberOf, untilReady } from '../members.ts'
import { enforcedSettings, memberFiles, placeOf } from '../../core/plan/member-document.ts'
import type { Context } from '../procedure.ts'
import { archivingInto } from './archiving.ts'
import { beginLineage, identifyLineage } from './begin.ts'
import { keeperFor } from './keeper-for.ts'
import { keepRecipe } from './recipe.ts'

/** Gives an instance of a version before lineages its first one. archive_mode needs a restart. Safe to repeat. */
export async function startArchiving(
  { id, step }: Context,
  d: Dependencies,
  project: string,
  service: string,
): Promise<void> {
  const lineage = await step(`${service}: begin a lineage`, async () => {
    const instance = await instanceOf(d, project, service)
    const keeper = await keeperFor(d, instance)
    const begun = await beginLineage(d, { instance, operation: id, engineKind: keeper.kind })
    await keeper.prepare(begun, await memberOf(d, project, service))
    return begun
  })
  await step(`${service}: restart with archiving`, async (s) => {
    const instance = { ...(await instanceOf(d, project, service)), lineage: lineage.id }
    const archiving = await archivingInto(d, lineage, instance.engine)
    const accounts = d.driver.socketAccounts()
    const member = await editMember(d, project, service, (m) => {
      const place = placeOf(m)
      const files = memberFiles(instance, place, accounts, 'clients', archiving)
      return retold(m, { ...m, files, enforced: enforcedSettings(instance, place) }, true)
    })
    if (member.wanted === 'running') await untilReady(d, member, s.signal)
    await editInstance(d, project, service, (i) => ({ ...i, lineage: lineage.id }))
    if (member.wanted === 'running') await identifyLineage(d, lineage, member)
    await keepRecipe(d, project, service)
  })
}
