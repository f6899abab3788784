import { z } from 'zod'
import type { Backup } from '../../contract/backup.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import type { Dependencies } from '../dependencies.ts'
import { howdahProcedure } from '../dependencies.ts'
import { removeLineage } from '../lineage/end.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { decidePrune, readerOf } from '../lineage/prune-decision.ts'
import { lineageTitle } from '../lineage/title-of.ts'

/** Removes what of a lineage its policy keeps no longer; all of it when it was closed long enough ago. */
export const prune = howdahProcedure({
  kind: 'prune',
  input: z.object({
    lineage: z.string(),
    /** Also when no restore from it was seen to work lately. */
    force: z.boolean().optional(),
    scheduled: z.boolean().optional(),
    of: z.string().optional(),
  }),
  title: (asked) => `clean-up of the backups of ${lineageTitle(asked)}`,
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
    // Asked again before each removal: a restore waits for no clean-up, and may have begun since.
    const isRead = async () => (await readerOf(d, id, context.id)) !== undefined
    if (kind === 'expired') {
      const went = await step('remove the lineage', async () => {
        if (await isRead()) return false
        await removeExpired(d, id)
        await tell(d, subject, sentence)
        return true
      })
      if (!went) return { lineage: id, outcome: 'held', sentence: 'nothing is removed: it is read' }
    }
    if (kind === 'prune') {
      const gone: string[] = []
      let spared = false
      for (const backup of decision.backups) {
        const end = await step(`remove ${backup}`, async () => {
          if (await isRead()) return 'spared'
          return (await removeBackup(d, id, backup)) ? 'gone' : 'kept'
        })
        if (end === 'gone') gone.push(backup)
        spared ||= end === 'spared'
      }
      await step('remove the WAL that no backup needs', async () => {
        // What was spared needs its WAL.
        const stays = spared || (await isRead())
        const wal = stays ? [] : await removeWal(d, id, decision.keepWalFrom)
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
