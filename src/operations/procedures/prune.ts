import { z } from 'zod'
import type { Backup } from '../../contract/backup.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { removeLineage } from '../lineage/end.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { decidePrune } from '../lineage/prune-decision.ts'

/** Removes what of a lineage its policy keeps no longer; all of it when it was closed long enough ago. */
export const prune = howdahProcedure({
  kind: 'prune',
  input: z.object({
    lineage: z.string(),
    /** Also when no restore from it was seen to work lately. */
    force: z.boolean().optional(),
    scheduled: z.boolean().optional(),
  }),
  title: ({ lineage }) => `clean-up of the lineage ${lineage}`,
  subjects: ({ lineage }) => [`lineages/${lineage}`],
  async run({ lineage: id, force = false }, context, d) {
    const { step } = context
    // Kept by a step of its own: half-way through, what is left would be judged otherwise.
    const { decision, subject } = await step('decide', async () => {
      const lineage = await lineageById(d, id)
      const { project, service } = lineage
      const decided = await decidePrune(d, lineage, { operation: context.id, force })
      return { decision: decided, subject: `${project}/${service}` }
    })
    const { kind, sentence } = decision
    if (kind === 'expired') {
      await step('remove the lineage', async () => {
        await removeExpired(d, id)
        await tell(d, subject, sentence)
      })
    }
    if (kind === 'prune') {
      const gone: string[] = []
      for (const backup of decision.backups) {
        if (await step(`remove ${backup}`, () => removeBackup(d, id, backup))) gone.push(backup)
      }
      await step('remove the WAL that no backup needs', async () => {
        const wal = await removeWal(d, id, decision.keepWalFrom)
        const went = [...gone, ...wal]
        if (went.length > 0) await tell(d, subject, `removed ${went.join(', ')}; ${sentence}`)
      })
    }
    return { lineage: id, outcome: kind, sentence }
  },
})

/** Whether it went: an off-site repository may keep it for longer, and then it can still be restored. */
async function removeBackup(d: Dependencies, lineageId: string, id: string): Promise<boolean> {
  const found = await d.documents.backups.get(lineageId, id)
  if (!found) return true
  const lineage = await lineageById(d, lineageId)
  const engine = d.backups.of(lineage)
  await engine.remove(lineage, found.value)
  if ((await engine.backups(lineage)).some((b) => b.id === id)) return false
  await d.store.write([d.documents.backups.remove([lineageId, id])])
  return true
}

/** What went, in words; nothing when nothing did. */
async function removeWal(
  d: Dependencies,
  id: string,
  from: Pick<Backup, 'timeline' | 'startLsn'> | undefined,
): Promise<string[]> {
  if (!from) return []
  const lineage = await lineageById(d, id)
  const { segments, bytes } = await d.backups.of(lineage).pruneWal(lineage, from)
  if (segments === 0) return []
  return [`${segments} WAL file${segments === 1 ? '' : 's'} (${describeBytes(bytes)})`]
}

async function removeExpired(d: Dependencies, id: string): Promise<void> {
  const { lineages, drills } = d.documents
  const records = await drills.list(id)
  await d.store.write(records.map((drill) => drills.remove([id, drill.value.id])))
  const lineage = await lineages.get(id)
  if (lineage) await removeLineage(d, lineage.value)
}

const tell = (d: Dependencies, subject: string, message: string) =>
  d.event({ severity: 'info', kind: 'pruned', subject, message })
