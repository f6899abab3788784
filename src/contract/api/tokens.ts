import { z } from 'zod'
import { Role } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { ProjectName } from '../names.ts'
import { AuditEntry, Token, TokenName } from '../token.ts'

/** Ten years, as the certificate authority. */
const LONGEST_TOKEN_MS = 3650 * 24 * 60 * 60 * 1000

export const tokenApi = {
  listTokens: endpoint({
    method: 'GET',
    path: '/v1/tokens',
    summary: 'Who may call from elsewhere; never a secret',
    needs: 'admin',
    within: 'all',
    input: z.object({}),
    reply: z.array(Token),
  }),
  createToken: endpoint({
    method: 'POST',
    path: '/v1/tokens',
    summary: 'Make a token; its secret is in this reply and nowhere else',
    needs: 'admin',
    within: 'all',
    input: z.object({
      name: TokenName,
      role: Role,
      /** Unset: all. */
      projects: z.array(ProjectName).min(1).optional(),
      /** From now; unset: it is good until it is removed. */
      expiresAfterMs: z.int().positive().max(LONGEST_TOKEN_MS).optional(),
    }),
    reply: z.object({ token: Token, secret: z.string() }),
  }),
  removeToken: endpoint({
    method: 'DELETE',
    path: '/v1/tokens/{name}',
    summary: 'End a token at once',
    needs: 'admin',
    within: 'all',
    input: z.object({ name: TokenName }),
    reply: z.object({ removed: TokenName }),
  }),
  listAudit: endpoint({
    method: 'GET',
    path: '/v1/audit',
    summary: 'Who changed what, or saw a secret, the newest last',
    needs: 'admin',
    within: 'all',
    input: z.object({ limit: z.coerce.number<number>().int().min(1).max(10_000).default(100) }),
    reply: z.array(AuditEntry),
  }),
}
