import { z } from 'zod'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import { expiryOf } from '../../core/policy/lineage-expiry.ts'
import { retention } from '../../core/policy/retention.ts'
import type { Dependencies } from '../dependencies.ts'
import { expiryNow } from '../expiry-now.ts'
import { memberIdOf } from '../members.ts'
import { backupsThere } from './backups-there.ts'
import { instanceOfLineage } from './instance-of.ts'

/** What goes of a lineage. `held`: nothing, and why. `expired`: all of it. */
export type PruneDecision =
  | { readonly kind: 'held'; readonly sentence: string }
  | { readonly kind: 'expired'; readonly sentence: string }
  | {
      readonly kind: 'prune'
      readonly sentence: string
      readonly backups: readonly string[]
      readonly keepWalFrom?: Pick<Backup, 'timeline' | 'startLsn'>
    }

/** Asks the repository and the policy what of a lineage may go now. `operation`: the one that asks. */
export async function decidePrune(
  d: Dependencies,
  lineage: LineageDocument,
  { operation, force }: { operation: string; force: boolean },
): Promise<PruneDecision> {
  const instance = await instanceOfLineage(d, lineage.id)
  const policy = instance ? (instance.backups ?? defaultBackupPolicy) : lineage.recipe.policy
  if (lineage.directory !== d.driver.placeLineage(lineage.id)) {
    const sentence = `nothing is removed: ${lineage.directory} belongs to another home, which may still need it`
    return { kind: 'held', sentence }
  }
  const backups = await backupsThere(d, lineage)
  const reader = await readerOf(d, lineage.id, operation)
  if (reader) return { kind: 'held', sentence: `nothing is removed while ${reader} reads it` }
  const nowMs = await expiryNow(d)
  const expiryMs = instance ? undefined : expiryOf(lineage, policy, backups)
  if (expiryMs !== undefined && expiryMs <= nowMs) {
    const { project, service, closedAt } = lineage
    const sentence = `the backup history ${lineage.id} of ${project}/${service}, which was closed at ${closedAt}, is gone for good`
    return { kind: 'expired', sentence }
  }
  const member =
    instance && (await d.documents.members.get(...memberIdOf(instance.project, instance.service)))
  const kept = retention({
    backups,
    archive: await d.backups.of(lineage).archive(lineage, member?.value),
    walSegmentBytes: lineage.walSegmentBytes,
    policy,
    provenAt: lineage.provenAt,
    closedAt: lineage.closedAt,
    nowMs,
    force,
  })
  const { removeBackups, keepWalFrom, sentence, held } = kept
  if (held !== undefined) {
    return { kind: 'held', sentence: `nothing is removed: ${held}; ${sentence}` }
  }
  return {
    kind: 'prune',
    sentence,
    backups: removeBackups.map((b) => b.id),
    ...(keepWalFrom ? { keepWalFrom } : {}),
  }
}

/** What a person calls the live operation that restores from a lineage, which does not hold it alone. */
export async function readerOf(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
  operation: string,
): Promise<string | undefined> {
  const all = (await d.documents.operations.list()).map((o) => o.value)
  const reader = all.find((o) => {
    const reads = ReadsLineage.safeParse(o.input).data
    const isReader = reads?.lineage === lineage || reads?.past?.lineage === lineage
    return o.finishedAt === undefined && o.id !== operation && isReader
  })
  return reader && `“${reader.title}”`
}

/** How the inputs of a restore and of a branch of the past name the lineage that they read. */
const ReadsLineage = z.object({
  lineage: z.string().optional(),
  past: z.object({ lineage: z.string() }).optional(),
})
