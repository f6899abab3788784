import { z } from 'zod'
import { Role } from './access.ts'
import { Instant, ProjectName } from './names.ts'

/** What people call a token: `ci`, `anna-laptop`. */
export const TokenName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/,
    'must be of letters, digits, “.”, “_” and “-”, at most 63, and begin with a letter or a digit',
  )

/** A right to call from elsewhere. Its secret is shown once, when it is made. */
export const Token = z
  .object({
    id: z.string(),
    name: TokenName,
    role: Role,
    /** With `join` it lets a machine ask to become a host, and may call nothing else, whatever its role. */
    purpose: z.literal('join').optional(),
    /** Unset: all. */
    projects: z.array(ProjectName).min(1).optional(),
    createdAt: Instant,
    /** The token or account that made it. */
    createdBy: z.string(),
    /** Unset: it is good until it is removed. */
    expiresAt: Instant.optional(),
    /** To the minute. */
    lastUsedAt: Instant.optional(),
  })
  .meta({ id: 'Token' })
export type Token = z.output<typeof Token>

/** One call that changed something or revealed a secret, or tried to. */
export const AuditEntry = z
  .object({
    id: z.string(),
    at: Instant,
    /** The token's name, or the account that opened the socket. */
    who: z.string(),
    /** `socket`, or an address. */
    from: z.string(),
    /** The call, as the OpenAPI document names it: `upProject`. */
    what: z.string(),
    /** What it was about, as far as names say it: `shop/db`. */
    subject: z.string().optional(),
    /** `begun` when the daemon died before it knew, or could not note it; else `ok` or an error's code. */
    result: z.string(),
    /** The operation that it began. */
    operation: z.string().optional(),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof AuditEntry>
