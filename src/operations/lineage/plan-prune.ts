import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import type { PrunePlan } from '../../contract/prune.ts'
import { describeSpan } from '../../core/describe-span.ts'
import { walBefore } from '../../core/policy/wal-before.ts'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOfLineage } from './instance-of.ts'
import { decidePrune } from './prune-decision.ts'
import { holdingsOf } from './status.ts'

/** What a clean-up of a lineage would remove now, and why. Removes nothing. */
export async function planPrune(
  d: Dependencies,
  lineage: LineageDocument,
  { force }: { readonly force: boolean },
): Promise<PrunePlan> {
  const decision = await decidePrune(d, lineage, { operation: '', force })
  const { backups, archive } = await holdingsOf(d, lineage.id)
  const writer = await instanceOfLineage(d, lineage.id)
  const { keepMs, keepRemovedMs } = writer
    ? (writer.backups ?? defaultBackupPolicy)
    : lineage.recipe.policy
  const plan = {
    lineage: lineage.id,
    of: { project: lineage.project, service: writer?.service ?? lineage.service },
    outcome: decision.kind,
    sentence: decision.sentence,
  }
  const none = { segments: 0, bytes: 0 }
  switch (decision.kind) {
    case 'held':
      return { ...plan, backups: [], wal: none }
    case 'expired': {
      const why = `its history was closed more than ${describeSpan(keepRemovedMs)} ago`
      const wal = archive ? { segments: archive.segments, bytes: archive.storedBytes } : none
      const sentence = `all of it goes: ${why}`
      return { ...plan, sentence, backups: going(backups.toReversed(), why), wal }
    }
    case 'prune': {
      const found = decision.backups.flatMap((id) => backups.find((b) => b.id === id) ?? [])
      const why = `no moment of the last ${describeSpan(keepMs)} needs it`
      const from = decision.keepWalFrom
      const wal = archive && from ? walBefore(archive, from, lineage.walSegmentBytes) : none
      return { ...plan, backups: going(found, why), wal }
    }
  }
}

const going = (backups: readonly BackupDocument[], why: string): PrunePlan['backups'] =>
  backups.map((document) => {
    const { format: _, ...backup } = document
    return { backup, storedBytes: backup.storedBytes ?? backup.sizeBytes, why }
  })
