import { z } from 'zod'
import { HostName } from '../host.ts'
import { Mode } from '../instance.ts'
import { LineageId } from '../names.ts'
import { InitdbOptions } from '../project.ts'
import { Snapshot } from '../snapshot.ts'

/** A snapshot that counts: it was copied whole and started once. */
export const SnapshotDocument = Snapshot.extend({
  format: z.literal(1),
  /** In a cluster: the host that has its folder. */
  host: HostName.optional(),
  /** What the copied instance had, so that a restore is like it. */
  settings: z.record(z.string(), z.string()),
  memoryBytes: z.int(),
  /** Snapshots of the first versions do not have these. */
  cpus: z.number().optional(),
  tls: z.enum(['optional', 'required']).optional(),
  portWanted: z.int().optional(),
  /** The mode of its project, for a restore that makes the project anew: a production's copy stays protected. */
  mode: Mode.optional(),
  /** Fixed in the copied data: a server on it needs settings that fit, such as room for its WAL segments. */
  initdb: InitdbOptions.optional(),
  /** The backup history of the instance that was copied. */
  lineage: LineageId.optional(),
  superuser: z.string(),
  /** The password that the copied instance had, sealed under `snapshots/<name>`. */
  sealedPassword: z.string(),
})
export type SnapshotDocument = z.output<typeof SnapshotDocument>
