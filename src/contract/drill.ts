import { z } from 'zod'
import { BackupId, DrillId, Instant, LineageId, ProjectName, ServiceName } from './names.ts'

export const DrillCheck = z.object({
  /**
   * `backup`: what is stored, as it was written. `start`: the restored server takes connections. `marker`: it has what was
   * written last. `indexes`, `tables`: amcheck's word on them. `rows`: as many as were counted. `checksums`: of every page.
   */
  kind: z.enum(['backup', 'start', 'marker', 'indexes', 'tables', 'rows', 'checksums']),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** What was looked at and found, a sentence. */
  sentence: z.string(),
})
export type DrillCheck = z.output<typeof DrillCheck>

/** One restore that was made to see that it works: what was done, measured and found. */
export const Drill = z
  .object({
    id: DrillId,
    lineage: LineageId,
    project: ProjectName,
    service: ServiceName,
    backup: BackupId,
    outcome: z.enum(['passed', 'failed']),
    startedAt: Instant,
    finishedAt: Instant,
    /** Data restored from the base, and how fast. */
    sizeBytes: z.int(),
    restoreBytesPerSecond: z.number().optional(),
    /** WAL replayed after the base: how much there was after the last backup, and how fast it went. */
    walBytes: z.int(),
    replayBytesPerSecond: z.number().optional(),
    /** The moment that was restored. */
    restoredTo: Instant.optional(),
    checks: z.array(DrillCheck),
    /** Why it failed, a sentence. */
    failure: z.string().optional(),
  })
  .meta({ id: 'Drill' })
export type Drill = z.output<typeof Drill>
