import { z } from 'zod'
import { ArchiveProblem, Backup, RecoveryWindow } from './backup.ts'
import { KeptIn, Lineage } from './lineage.ts'
import { ServiceName } from './names.ts'

/** A lineage as people see it, with what of it can be restored now. */
export const LineageStatus = Lineage.extend({
  keptIn: KeptIn,
  /** `open` for as long as an instance writes to it. */
  state: z.enum(['open', 'closed']),
  /** The instance that writes to it now, which may have another name than when the lineage began. */
  writtenBy: ServiceName.optional(),
  /** For example `16.14`. */
  version: z.string(),
  /** Base backups that would restore. */
  backups: z.int(),
  /** What its backups and WAL take in the repository, as far as that is known. */
  storedBytes: z.int(),
  window: RecoveryWindow,
  /** What is wrong with its archive. */
  problems: z.array(ArchiveProblem),
}).meta({ id: 'LineageStatus' })
export type LineageStatus = z.output<typeof LineageStatus>

/** A lineage with its base backups, oldest first. */
export const BackupHistory = z
  .object({ lineage: LineageStatus, backups: z.array(Backup) })
  .meta({ id: 'BackupHistory' })
export type BackupHistory = z.output<typeof BackupHistory>
