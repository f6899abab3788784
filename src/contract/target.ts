import { z } from 'zod'
import { BackupId } from './names.ts'

/** The moment that a restore is to bring back. */
export const RecoveryTarget = z.discriminatedUnion('kind', [
  /** All that is there; sets no target. */
  z.object({ kind: z.literal('latest') }),
  /** Everything committed until then; UTC, down to microseconds. */
  z.object({
    kind: z.literal('time'),
    at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/),
  }),
  z.object({
    kind: z.literal('lsn'),
    lsn: z.string().regex(/^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/),
  }),
  /** The commit of this transaction is the last one. */
  z.object({ kind: z.literal('xid'), xid: z.string().regex(/^\d+$/) }),
  /** A restore point that was named with pg_create_restore_point. */
  z.object({ kind: z.literal('name'), name: z.string().min(1).max(63) }),
  /** The very moment at which this base backup was whole. */
  z.object({ kind: z.literal('backup'), id: BackupId }),
])
export type RecoveryTarget = z.output<typeof RecoveryTarget>
