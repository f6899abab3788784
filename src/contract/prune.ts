import { z } from 'zod'
import { Backup } from './backup.ts'
import { LineageId, ProjectName, ServiceName } from './names.ts'

/** What a clean-up of a lineage would remove now, found out without removing anything. */
export const PrunePlan = z
  .object({
    lineage: LineageId,
    of: z.object({ project: ProjectName, service: ServiceName }),
    /** `held`: nothing goes, and the sentence says why. `expired`: all of it goes, with the lineage. */
    outcome: z.enum(['held', 'expired', 'prune']),
    /** What stays, or why nothing goes. */
    sentence: z.string(),
    /** What would go, and why: the oldest last. */
    backups: z.array(
      z.object({
        backup: Backup,
        /** In the repository, as far as that is known. */
        storedBytes: z.int(),
        why: z.string(),
      }),
    ),
    /** WAL that would go; the bytes are reckoned from the average. */
    wal: z.object({ segments: z.int(), bytes: z.int() }),
  })
  .meta({ id: 'PrunePlan' })
export type PrunePlan = z.output<typeof PrunePlan>
