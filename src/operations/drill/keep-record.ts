import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Drill } from '../../contract/drill.ts'
import { drillsToForget } from '../../core/drill/kept-drills.ts'
import type { Dependencies } from '../dependencies.ts'
import { editLineage } from '../lineage/lineage-of.ts'

/** Keeps what a drill came to, and forgets old records. Safe to repeat. */
export async function keepRecord(
  d: Dependencies,
  lineage: LineageDocument,
  drill: Drill,
): Promise<void> {
  const { drills } = d.documents
  const all = (await drills.list(lineage.id)).map((found) => found.value)
  await d.store.write([
    drills.put([lineage.id, drill.id], { ...drill, format: 1 }),
    ...drillsToForget(all, Date.now()).map(({ id }) => drills.remove([lineage.id, id])),
  ])
  if (drill.outcome === 'failed') return
  await editLineage(d, lineage.id, (l) => ({ ...l, provenAt: drill.finishedAt }))
}

/** Tells people what a drill came to; a failure is as bad as news can be. */
export async function tellOf(
  d: Dependencies,
  lineage: LineageDocument,
  { id, backup, outcome, failure }: Drill,
): Promise<void> {
  const subject = `${lineage.project}/${lineage.service}`
  const what = `a restore of ${subject} from the backup ${backup}`
  const show = `\`howdah drill show ${id}\``
  await d.event(
    outcome === 'passed'
      ? {
          severity: 'info',
          kind: 'drill-passed',
          subject,
          message: `${what} was seen to work: ${show}`,
        }
      : {
          severity: 'error',
          kind: 'drill-failed',
          subject,
          message: `${what} does not work: ${failure ?? 'it was not finished'}; ${show}`,
        },
  )
}
