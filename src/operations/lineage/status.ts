import type {
  ArchiveDocument,
  BackupDocument,
  LineageDocument,
} from '../../contract/documents/lineage.ts'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import { keptIn } from '../../core/policy/kept-in.ts'
import { recoveryWindow } from '../../core/wal/recovery-window.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from './backups-of.ts'
import { instanceOfLineage } from './instance-of.ts'

/** What is known of a lineage's repository. */
export interface Holdings {
  /** Oldest first. */
  readonly backups: readonly BackupDocument[]
  readonly archive: ArchiveDocument | undefined
}

export async function holdingsOf(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
): Promise<Holdings> {
  const [backups, archive] = await Promise.all([
    backupsOf(d, lineage),
    d.documents.archives.get(lineage),
  ])
  return { backups, archive: archive?.value }
}

/** A lineage as people see it: its window and size are computed from what its repository was last seen to hold. */
export async function lineageStatus(
  d: Pick<Dependencies, 'documents'>,
  lineage: LineageDocument,
  { backups, archive }: Holdings,
  now: string,
): Promise<LineageStatus> {
  const { format: _, recipe, createdBy: _createdBy, ...facts } = lineage
  const writer = await instanceOfLineage(d, lineage.id)
  const storedBytes = backups.reduce((sum, b) => sum + (b.storedBytes ?? b.sizeBytes), 0)
  return {
    ...facts,
    keptIn: keptIn(lineage),
    state: lineage.closedAt === undefined ? 'open' : 'closed',
    ...(writer ? { writtenBy: writer.service } : {}),
    version: recipe.version,
    backups: backups.filter((b) => b.damage === undefined).length,
    storedBytes: storedBytes + (archive?.storedBytes ?? 0),
    window: recoveryWindow({
      backups,
      archive,
      segmentBytes: lineage.walSegmentBytes,
      now,
    }),
    problems: archive?.problems ?? [],
  }
}
