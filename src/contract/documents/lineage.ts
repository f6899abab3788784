import { z } from 'zod'
import { Archive, Backup } from '../backup.ts'
import { Drill } from '../drill.ts'
import { HostName } from '../host.ts'
import { Lineage, Recipe } from '../lineage.ts'

/** A lineage as the daemon remembers it; the same is in its folder, for a machine that has nothing else. */
export const LineageDocument = Lineage.extend({
  format: z.literal(1),
  recipe: Recipe,
  /** The operation that began it: only that one may undo it. */
  createdBy: z.string(),
  /** In a cluster: the host that has its folder, or that writes it. */
  host: HostName.optional(),
})
export type LineageDocument = z.output<typeof LineageDocument>

/** A base backup that counts: copied whole, with its manifest. */
export const BackupDocument = Backup.extend({ format: z.literal(1) })
export type BackupDocument = z.output<typeof BackupDocument>

/** What was last seen of a lineage's archive. */
export const ArchiveDocument = Archive.extend({ format: z.literal(1) })
export type ArchiveDocument = z.output<typeof ArchiveDocument>

export const DrillDocument = Drill.extend({ format: z.literal(1) })
export type DrillDocument = z.output<typeof DrillDocument>
