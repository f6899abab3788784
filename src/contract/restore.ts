import { z } from 'zod'
import { Backup, ClockSetBack, RecoveryWindow } from './backup.ts'
import { Instant, LineageId, ProjectName, ServiceName } from './names.ts'
import { RecoveryTarget } from './target.ts'

/** What is to be restored to when, and as what. */
export const RestoreWanted = z
  .object({
    project: ProjectName,
    /** The instance whose lineage is restored, unless `lineage` names another; with `inPlace`, whose place is taken. */
    service: ServiceName.optional(),
    /** A lineage by its id, open or closed. */
    lineage: LineageId.optional(),
    target: RecoveryTarget,
    /** The service name of the new instance. A restore needs this or `inPlace`, a plan neither. */
    as: ServiceName.optional(),
    /** Takes the place of `service`; the old state is kept under another name. */
    inPlace: z.boolean(),
    /** For the times in a refusal: an IANA name; UTC when not said. */
    zone: z.string().optional(),
  })
  .meta({ id: 'RestoreWanted' })
export type RestoreWanted = z.output<typeof RestoreWanted>

/** What a restore would do, found out without touching anything. */
export const RestorePlan = z
  .object({
    lineage: LineageId,
    /** Whose history it is. */
    of: z.object({ project: ProjectName, service: ServiceName }),
    /** What the result is called, when that was said. */
    into: z.object({ project: ProjectName, service: ServiceName }).optional(),
    inPlace: z.boolean(),
    /** As it was asked for; a backup's name has become its id. */
    target: RecoveryTarget,
    /** The moment that comes back, as far as the archive tells it; unset: the newest that there is when the restore runs. */
    restoresTo: Instant.optional(),
    /** The base backup that it begins with. */
    backup: Backup,
    /** WAL to replay after it, at most. */
    walBytes: z.int(),
    window: RecoveryWindow,
    /** The target is a time that the clock showed twice: what comes back ends before this place. */
    ambiguous: ClockSetBack.optional(),
    /** For example `16.14`. */
    version: z.string(),
  })
  .meta({ id: 'RestorePlan' })
export type RestorePlan = z.output<typeof RestorePlan>
