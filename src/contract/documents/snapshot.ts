import { z } from 'zod'
import { InitdbOptions } from '../project.ts'
import { Snapshot } from '../snapshot.ts'

/** A snapshot that counts: it was copied whole and started once. */
export const SnapshotDocument = Snapshot.extend({
  format: z.literal(1),
  /** What the copied instance had, so that a restore is like it. */
  settings: z.record(z.string(), z.string()),
  memoryBytes: z.int(),
  /** Fixed in the copied data: a server on it needs settings that fit, such as room for its WAL segments. */
  initdb: InitdbOptions.optional(),
  superuser: z.string(),
  /** The password that the copied instance had, sealed under `snapshots/<name>`. */
  sealedPassword: z.string(),
})
export type SnapshotDocument = z.output<typeof SnapshotDocument>
