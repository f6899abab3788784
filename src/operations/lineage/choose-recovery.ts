import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { planRecovery } from '../../core/wal/plan-recovery.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Found } from '../../backups/backup-engine.ts'
import type { Dependencies } from '../dependencies.ts'
import { holdingsNow } from './holdings-now.ts'

export interface Recovery {
  readonly backup: BackupDocument
  /** The recovery_target_* settings; none for everything that is there. */
  readonly settings: Record<string, string>
  /** The moment that it ends at, as far as it is known before. */
  readonly until: { readonly at?: string; readonly lsn?: string }
}

/**
 * How a target of a lineage is reached: which backup, and what Postgres is told. TARGET_OUTSIDE_WINDOW with the range that
 * can be restored; BACKUP_NEEDED while there is no whole backup.
 */
export async function chooseRecovery(
  d: Dependencies,
  lineage: LineageDocument,
  target: RecoveryTarget,
  /** For the times in a refusal, an IANA name; UTC when not said. */
  zone?: string,
): Promise<Recovery> {
  const { backups, archive } = await holdingsNow(d, lineage)
  if (backups.length === 0) {
    const message = `the lineage ${lineage.id} of “${lineage.service}” has no whole base backup yet`
    throw new AppError('BACKUP_NEEDED', message)
  }
  const found = await findTarget(d, lineage, target)
  return planRecovery({
    target,
    backups,
    archive,
    segmentBytes: lineage.walSegmentBytes,
    found,
    now: new Date().toISOString(),
    ...(zone ? { zone } : {}),
  })
}

async function findTarget(
  d: Dependencies,
  lineage: LineageDocument,
  target: RecoveryTarget,
): Promise<Found | undefined> {
  const engine = d.backups.of(lineage)
  switch (target.kind) {
    case 'time':
      return engine.find(lineage, { kind: 'time', at: target.at })
    case 'xid':
      return engine.find(lineage, { kind: 'xid', xid: target.xid })
    case 'name':
      return engine.find(lineage, { kind: 'name', name: target.name })
    case 'latest':
    case 'lsn':
    case 'backup':
      return undefined
  }
}
