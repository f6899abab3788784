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
