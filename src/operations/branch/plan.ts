import type { BranchPlan } from '../../contract/branch-plan.ts'
import type { BackupDocument } from '../../contract/documents/lineage.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from '../lineage/backups-of.ts'
import { instanceOf, memberOf } from '../members.ts'
import { planRestore } from '../plan/plan-restore.ts'

/** What a plain disk copies when nothing is known of this one, in bytes per second. */
const USUAL_RATE = 150 * 1000 ** 2
/** A copy that was over sooner says little of a disk. */
const TELLING_MS = 500

export interface BranchPlanAsked {
  readonly project: string
  readonly of: string
  readonly target?: RecoveryTarget | undefined
  /** The zone in which errors tell times. */
  readonly zone?: string | undefined
}

/** What a branch would take, found out without making it. Refuses as the making would. */
export async function planBranch(d: Dependencies, asked: BranchPlanAsked): Promise<BranchPlan> {
  const { project, of, target, zone } = asked
  const { lineage, phase } = await instanceOf(d, project, of)
  if (phase !== 'live') throw new AppError('INSTANCE_NOT_RUNNING', `“${of}” is ${phase}`)
  const { directory } = await memberOf(d, project, of)
  const restore =
    target &&
    (await planRestore(d, {
      project,
      service: of,
      target,
      inPlace: false,
      ...(zone ? { zone } : {}),
    }))
  const sizeBytes = restore?.backup.sizeBytes ?? (await sizeWithoutWal(d, `${directory}/data`))
  const sharesBlocks = await d.driver.sharesBlocks()
  const backups = lineage ? await backupsOf(d, lineage) : []
  return {
    project,
    of,
    sizeBytes,
    sharesBlocks,
    ...(sharesBlocks ? {} : { copyMs: Math.round((sizeBytes / rateOf(backups)) * 1000) }),
    ...(restore
      ? { lineage: restore.lineage, target: restore.target, walBytes: restore.walBytes }
      : {}),
    ...(restore?.restoresTo ? { at: restore.restoresTo } : {}),
  }
}

/** A copy has a file or two of its WAL, and a server keeps up to gigabytes of it. */
async function sizeWithoutWal(d: Dependencies, data: string): Promise<number> {
  const [all = 0, wal = 0] = await Promise.all([
    d.driver.sizeOf(data),
    d.driver.sizeOf(`${data}/pg_wal`),
  ])
  return all - wal
}

/** Bytes per second of the newest backup, which is a copy on the same disk. */
function rateOf(backups: readonly BackupDocument[]): number {
  const rates = backups.flatMap(({ startedAt, finishedAt, sizeBytes }) => {
    const tookMs = Date.parse(finishedAt) - Date.parse(startedAt)
    return tookMs >= TELLING_MS && sizeBytes > 0 ? [sizeBytes / (tookMs / 1000)] : []
  })
  return rates.at(-1) ?? USUAL_RATE
}
