import { z } from 'zod'

/** Compose's own rule for project names. */
export const ProjectName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/)
/** Compose's own rule for service names. */
export const ServiceName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/)
/** Defang's rule for config names, so that names move between the two unchanged. */
export const ConfigName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/)
/** An id that sorts by creation: base36 milliseconds and random characters. */
export const OperationId = z.string().regex(/^[a-z0-9]{8,32}$/)
export const SnapshotName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,200}$/)
/** An instant as ISO 8601 in UTC. */
export const Instant = z.iso.datetime()
/** Random, unique: a lineage is never found by a name that may be used again. */
export const LineageId = z.string().regex(/^[a-z0-9]{6,32}$/)
/** Sorts by its beginning: `20261120-150312-a1b2c3`; pgBackRest's own labels fit too. */
export const BackupId = z.string().regex(/^[0-9]{8}-[0-9]{6}[A-Za-z0-9_-]*$/)
/** What a person calls a backup that is to be kept. Begins with a letter: never a time, an LSN or a transaction. */
export const BackupName = z
  .string()
  .regex(/^(?!(?:latest|now|today|yesterday|tomorrow)$)[a-zA-Z][a-zA-Z0-9._-]{0,62}$/)
export const DrillId = z.string().regex(/^[0-9]{8}-[0-9]{6}[A-Za-z0-9_-]*$/)
