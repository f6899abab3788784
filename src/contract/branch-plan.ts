import { z } from 'zod'
import { BranchPasswords } from './branch.ts'
import { Instant, LineageId, ProjectName, ServiceName } from './names.ts'
import { RecoveryTarget } from './target.ts'

/** SQL that a client read from a file of its own; a daemon elsewhere could not. */
const Script = z.object({
  /** What its errors call it. */
  name: z.string().min(1).max(255),
  text: z.string().max(8 * 1024 ** 2),
})

const Origin = z.object({
  project: ProjectName,
  /** The service name of the instance that it is made from. */
  of: ServiceName,
  /** A moment of its past; unset: now. */
  target: RecoveryTarget.optional(),
  /** The IANA zone in which errors tell times; UTC when unset. */
  zone: z.string().optional(),
})

/** What is asked before a branch is made. */
export const BranchOrigin = Origin.meta({ id: 'BranchOrigin' })

/** A branch to be made. */
export const BranchAsked = Origin.extend({
  name: ServiceName,
  /** Unset: it stays until it is removed. */
  expiresAfterMs: z.int().positive().optional(),
  /** Unset: that of its parent. */
  memoryBytes: z.int().positive().optional(),
  /** Unset: `own`. */
  passwords: BranchPasswords.optional(),
  /** Runs before anybody can connect, and again with each reset: what must not be seen. */
  mask: Script.optional(),
  /** Runs after the mask: what must be there. */
  seed: Script.optional(),
  /** The Git branch that it is for. */
  git: z.string().max(255).optional(),
  /** Time without clients after which its server sleeps; 0: never. Unset: five minutes. */
  suspendAfterMs: z.int().min(0).optional(),
}).meta({ id: 'BranchAsked' })
export type BranchAsked = z.output<typeof BranchAsked>

/** What a branch would take. */
export const BranchPlan = z
  .object({
    project: ProjectName,
    of: ServiceName,
    /** Of the data that it begins with. */
    sizeBytes: z.int(),
    /** Whether the file system lets it share its parent's blocks; else all is copied. */
    sharesBlocks: z.boolean(),
    /** About how long the copying takes where nothing is shared. */
    copyMs: z.int().optional(),
    /** For a moment of the past: the history, the moment as it was found, and the WAL that is replayed at most. */
    lineage: LineageId.optional(),
    target: RecoveryTarget.optional(),
    at: Instant.optional(),
    walBytes: z.int().optional(),
  })
  .meta({ id: 'BranchPlan' })
export type BranchPlan = z.output<typeof BranchPlan>

/** One difference between the schema of a branch and that of its parent. */
export const SchemaChange = z
  .object({
    change: z.enum(['added', 'removed', 'changed']),
    /** `table`, `column`, `index`, `constraint`, `view`, `function`, `type`, `sequence`, `policy`, `trigger`, `grant`, … */
    kind: z.string(),
    name: z.string(),
    /** Its definition in the parent; a whole table's has its parts, a line each. */
    before: z.string().optional(),
    /** In the branch. */
    after: z.string().optional(),
  })
  .meta({ id: 'SchemaChange' })
export type SchemaChange = z.output<typeof SchemaChange>
