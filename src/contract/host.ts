import { z } from 'zod'
import { Instant } from './names.ts'

/** A DNS label, so that it can stand in names and certificates: `h1`, `db-frankfurt`. */
export const HostName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be of lower-case letters, digits and “-”, at most 63, and neither begin nor end with “-”',
  )

/** A part of a network, a rack or a building that fails as one. */
export const Zone = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/,
    'must be of letters, digits, “.”, “_” and “-”, at most 63, and begin with a letter or a digit',
  )

/** Of a token that is worth the keys of a whole cluster: a day is enough for any number of machines. */
export const LONGEST_JOIN_TOKEN_MS = 24 * 60 * 60 * 1000

/** One finding of a look at a machine that is to become a host. */
export const PreflightFinding = z.object({
  /** What was looked at: `system`, `clock`, `ports`, `disk`, `memory`, `names`, `postgres`, `network`. */
  about: z.string(),
  /** `refused` keeps the machine from becoming a host; `warning` does not. */
  verdict: z.enum(['fine', 'warning', 'refused']),
  /** What was found, and when it is not fine what to do. */
  sentence: z.string(),
})
export type PreflightFinding = z.output<typeof PreflightFinding>

/** A host as people see it. */
export const Host = z
  .object({
    name: HostName,
    /** Under which the other hosts reach it. */
    address: z.string(),
    zone: Zone.optional(),
    /** `joining` until it takes part; `leaving` from the moment that it is being removed. */
    phase: z.enum(['joining', 'live', 'leaving']),
    /** Whether its daemon was heard of within its lease. */
    isUp: z.boolean(),
    joinedAt: Instant,
    /** Of its daemon. */
    version: z.string().optional(),
    seenAt: Instant.optional(),
    system: z.string().optional(),
    cpus: z.number().optional(),
    memoryBytes: z.int().optional(),
    diskFreeBytes: z.int().optional(),
    /** Its member of etcd; unset on hosts beyond the fifth. */
    etcd: z
      .object({
        version: z.string().optional(),
        role: z.enum(['leader', 'follower', 'learner', 'down']),
      })
      .optional(),
    /** Instances that have a server there. */
    instances: z.int(),
  })
  .meta({ id: 'Host' })
export type Host = z.output<typeof Host>

/** What a host is called and where the others reach it. */
export const HostWanted = z.object({
  name: HostName,
  address: z.union([z.ipv4(), z.ipv6()]),
  zone: Zone.optional(),
})
export type HostWanted = z.output<typeof HostWanted>
