import { z } from 'zod'
import { Instant } from './names.ts'

/** What of an instance could be brought back now, for the line that `ps` shows. */
export const InstanceRecovery = z
  .object({
    /** The window of its lineage; unset: nothing yet. */
    earliest: Instant.optional(),
    latest: Instant.optional(),
    /** Age of the newest restorable moment. */
    rpoMs: z.int().optional(),
    /** Base backups that would restore. */
    backups: z.int(),
    /** When a restore from it was last seen to work. */
    provenAt: Instant.optional(),
    /** What a person must look at: WAL that does not arrive, a backup or a drill that failed or is overdue. A sentence. */
    problem: z.string().optional(),
  })
  .meta({ id: 'InstanceRecovery' })
export type InstanceRecovery = z.output<typeof InstanceRecovery>
