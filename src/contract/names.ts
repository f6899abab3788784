import { z } from 'zod'

/** What people read when a text has another form. */
const FORMS = {
  project: 'must be of lower-case letters, digits, “_” and “-”, and begin with a letter or a digit',
  name: 'must be of letters, digits, “.”, “_” and “-”, and begin with a letter or a digit',
  config: 'must be of letters, digits and “_”, at most 64, and not begin with a digit',
  backup:
    'must be of letters, digits, “.”, “_” and “-”, at most 63, begin with a letter, and be no word for a time such as “latest”',
  lineage: 'is no id of a lineage, such as k3j2h5x9q1',
  dated: 'is no such id: they look like 20261120-150312-a1b2c3',
}

/** Compose's own rule for project names. */
export const ProjectName = z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, FORMS.project)
/** Compose's own rule for service names. */
export const ServiceName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, FORMS.name)
/** Defang's rule for config names, so that names move between the two unchanged. */
export const ConfigName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, FORMS.config)
/** An id that sorts by creation: base36 milliseconds and random characters. */
export const OperationId = z.string().regex(/^[a-z0-9]{8,32}$/)
export const SnapshotName = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,200}$/, FORMS.name)
/** An instant as ISO 8601 in UTC. */
export const Instant = z.iso.datetime()
/** Random, unique: a lineage is never found by a name that may be used again. */
export const LineageId = z.string().regex(/^[a-z0-9]{6,32}$/, FORMS.lineage)
/** Sorts by its beginning: `20261120-150312-a1b2c3`; pgBackRest's own labels fit too. */
export const BackupId = z.string().regex(/^[0-9]{8}-[0-9]{6}[A-Za-z0-9_-]*$/, FORMS.dated)
/** What a person calls a backup that is to be kept. Begins with a letter: never a time, an LSN or a transaction. */
export const BackupName = z
  .string()
  .regex(/^(?!(?:latest|now|today|yesterday|tomorrow)$)[a-zA-Z][a-zA-Z0-9._-]{0,62}$/, FORMS.backup)
export const DrillId = z.string().regex(/^[0-9]{8}-[0-9]{6}[A-Za-z0-9_-]*$/, FORMS.dated)
