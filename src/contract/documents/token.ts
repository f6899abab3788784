import { z } from 'zod'
import { Token } from '../token.ts'

export const TokenDocument = Token.extend({
  format: z.literal(1),
  /** SHA-256 of the secret, in hexadecimal. The secret is 256 random bits: a slow hash would add nothing. */
  secretSha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type TokenDocument = z.output<typeof TokenDocument>
