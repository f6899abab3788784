import { z } from 'zod'
import { Instant, LineageId, ServiceName } from './names.ts'

/**
 * Which passwords open a branch. `own`: one of its owner's alone; no other role can log in until it gets one. `parent`: those
 * that its data came with, and the parent's for the owner.
 */
export const BranchPasswords = z.enum(['own', 'parent'])
export type BranchPasswords = z.output<typeof BranchPasswords>

/** What makes an instance a branch: where it came from and when it goes. */
export const BranchOf = z.object({
  /** The parent's service name when the branch was made; `lineage` says for sure. */
  service: ServiceName,
  lineage: LineageId,
  /** The parent's moment that it shows. */
  at: Instant,
  lsn: z.string().optional(),
  expiresAt: Instant.optional(),
  /** The Git branch that it was made for. */
  git: z.string().optional(),
  /** Whether its data shares blocks with its parent's. */
  shared: z.boolean(),
  /** Unset: `own`. */
  passwords: BranchPasswords.optional(),
  /** Ids of the scripts that ran before anybody could connect, and run again with each reset. */
  mask: z.string().optional(),
  seed: z.string().optional(),
})
export type BranchOf = z.output<typeof BranchOf>
