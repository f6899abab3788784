import { z } from 'zod'
import { Snapshot } from '../snapshot.ts'

/** A snapshot that counts: it was copied whole and started once. */
export const SnapshotDocument = Snapshot.extend({
  format: z.literal(1),
  /** What the copied instance had, so that a restore is like it. */
  settings: z.record(z.string(), z.string()),
  memoryBytes: z.int(),
  superuser: z.string(),
  /** The password that the copied instance had, sealed under `snapshots/<name>`. */
  sealedPassword: z.string(),
})
export type SnapshotDocument = z.output<typeof SnapshotDocument>
