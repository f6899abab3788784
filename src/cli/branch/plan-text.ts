import type { BranchPlan } from '../../contract/branch-plan.ts'
import { bytes } from '../output/bytes.ts'
import { duration } from '../output/duration.ts'
import { exactMoment } from '../output/moment.ts'

/** What a branch takes, a sentence. */
export function branchPlanText(plan: BranchPlan): string {
  const { of, sizeBytes, sharesBlocks, copyMs = 0, walBytes, target } = plan
  const size = bytes(sizeBytes)
  const how = sharesBlocks
    ? `it shares its ${size} with ${of} and takes room only for what changes`
    : `the file system cannot share blocks, so ${size} are copied, in about ${duration(copyMs)}`
  if (!target) return `A branch of ${of} as it is now: ${how}.`
  const wal = walBytes ? `, then up to ${bytes(walBytes)} of WAL replayed` : ''
  return `A branch of ${of} ${momentText(plan)}: ${how}${wal}.`
}

export function momentText({ at, target }: Pick<BranchPlan, 'at' | 'target'>): string {
  if (target?.kind === 'lsn') return `at ${target.lsn}`
  if (target?.kind === 'latest') return 'at its newest archived moment'
  if (at !== undefined) return `as of ${exactMoment(at)}`
  return target && 'name' in target ? `at ${target.name}` : 'as it is now'
}
