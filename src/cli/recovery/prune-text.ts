import type { PrunePlan } from '../../contract/prune.ts'
import { bytes } from '../output/bytes.ts'
import { moment } from '../output/moment.ts'

/** Whether a clean-up would find nothing to do. */
export const removesNothing = ({ outcome, backups, wal }: PrunePlan): boolean =>
  outcome === 'held' || (outcome === 'prune' && backups.length === 0 && wal.segments === 0)

/** What a clean-up of one lineage removes, a line each, with sizes. */
export function prunePlanText(plan: PrunePlan, does: 'removes' | 'removed' = 'removes'): string {
  const { of, lineage, outcome, sentence, backups, wal } = plan
  const name = `${of.project}/${of.service}  lineage ${lineage}`
  if (removesNothing(plan)) {
    const head = outcome === 'held' ? sentence : `nothing to remove: ${sentence}`
    return `${name}: ${head}`
  }
  const total = backups.reduce((sum, b) => sum + b.storedBytes, wal.bytes)
  return [
    `${name}: ${does} about ${bytes(total)}; ${sentence}`,
    ...backups.map(({ backup, storedBytes, why }) => {
      const title = backup.name === undefined ? backup.id : `${backup.name} (${backup.id})`
      return `  ${title}  ${bytes(storedBytes)}, taken ${moment(backup.finishedAt)}: ${why}`
    }),
    ...(wal.segments > 0 ? [`  ${walText(wal)}`] : []),
  ].join('\n')
}

const walText = ({ segments, bytes: sizeBytes }: PrunePlan['wal']): string =>
  `${segments} WAL file${segments === 1 ? '' : 's'}  about ${bytes(sizeBytes)}: no backup that stays needs ${segments === 1 ? 'it' : 'them'}`
