import { z } from 'zod'

const DAY_MS = 24 * 60 * 60 * 1000

/** How an instance is backed up: what compose's `backups:` may set, with the defaults that a careful person would choose. */
export const BackupPolicy = z
  .object({
    /** Time from one scheduled base backup to the next. */
    everyMs: z.int().positive().default(DAY_MS),
    /** `HH:MM` in UTC at which a daily one begins; unset: a minute of its own for each instance. */
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
      .optional(),
    /** How far back any moment can be restored. */
    keepMs: z
      .int()
      .positive()
      .default(7 * DAY_MS),
    /** This many base backups stay however old they are. */
    keepBases: z.int().min(1).default(2),
    /** How long the history of a removed instance stays. */
    keepRemovedMs: z
      .int()
      .positive()
      .default(30 * DAY_MS),
    /** WAL that waits to be archived beyond this is given up, loudly, before it fills the disk. */
    backlogBytes: z
      .int()
      .positive()
      .default(4 * 1024 ** 3),
    /** Time from one restore drill to the next; 0: none. */
    drillEveryMs: z.int().min(0).default(DAY_MS),
    /** The repository (`howdah repository ls`) that backups go to; unset: this home's own. */
    repository: z.string().optional(),
    /** A second, off-site one. */
    offsite: z.string().optional(),
    /** Time between full backups where the engine can take smaller ones in between. */
    fullEveryMs: z
      .int()
      .positive()
      .default(7 * DAY_MS),
  })
  .meta({ id: 'BackupPolicy' })
export type BackupPolicy = z.output<typeof BackupPolicy>

/** The policy of an instance that says nothing. */
export const defaultBackupPolicy: BackupPolicy = BackupPolicy.parse({})
