import { z } from 'zod'
import { Instant, ProjectName, ServiceName, SnapshotName } from './names.ts'

/** A physical copy that can become an instance. */
export const Snapshot = z
  .object({
    name: SnapshotName,
    project: ProjectName,
    service: ServiceName,
    kind: z.enum(['manual', 'final']),
    /** For example `16.14`; it restores on the same major, this minor or newer. */
    version: z.string(),
    systemIdentifier: z.string(),
    user: z.string(),
    database: z.string(),
    sizeBytes: z.int(),
    createdAt: Instant,
    /** When a server was last started on a copy of it and answered. */
    verifiedAt: Instant,
    directory: z.string(),
  })
  .meta({ id: 'Snapshot' })
export type Snapshot = z.output<typeof Snapshot>
