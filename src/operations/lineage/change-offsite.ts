import { placeFor } from '../../core/policy/kept-in.ts'
import type { Dependencies } from '../dependencies.ts'
import { editMember, instanceOf, memberOf, untilReady } from '../members.ts'
import type { Context } from '../procedure.ts'
import { archivingInto } from './archiving.ts'
import { archivingWith } from './archive-to-both.ts'
import { takeAndKeep } from './keep-backup.ts'
import { editLineage, lineageOf } from './lineage-of.ts'
import { keepRecipe } from './recipe.ts'

/**
 * Gives the lineage of an instance the second repository that its policy names, with a base backup there at once, or takes it away.
 * What is in one that was taken away stays. Safe to repeat.
 */
export async function changeOffsite(
  context: Context,
  d: Dependencies,
  { project, service }: { readonly project: string; readonly service: string },
): Promise<void> {
  const { step } = context
  const changed = await step(`${service}: second place of its backups`, async () => {
    const instance = await instanceOf(d, project, service)
    const lineage = await lineageOf(d, project, service)
    const { offsite } = placeFor('pgbackrest', instance.backups ?? {})
    const { offsite: _before, ...first } = lineage.keptIn ?? placeFor(lineage.engine, {})
    const keptIn = { ...first, ...(offsite === undefined ? {} : { offsite }) }
    const next = { ...lineage, keptIn }
    // Before it counts: what this pgBackRest cannot do there is refused.
    await d.backups.of(next).prepare(next, await memberOf(d, project, service))
    await editLineage(d, lineage.id, (l) => ({ ...l, keptIn }))
    return { lineage: lineage.id, offsite }
  })
  await step(`${service}: archive there`, async (s) => {
    const { engine } = await instanceOf(d, project, service)
    const lineage = await lineageOf(d, project, service)
    const settings = await archivingInto(d, lineage, engine)
    const told = await editMember(d, project, service, (m) =>
      archivingWith(m, lineage.id, settings),
    )
    if (told.wanted === 'running') await untilReady(d, told, s.signal)
    await keepRecipe(d, project, service)
  })
  if (changed.offsite !== undefined) {
    await takeAndKeep(context, d, { project, service }, changed.lineage)
  }
}
