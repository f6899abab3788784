import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const SECRET_BYTES = 32

/**
 * What a token looks like: `hwd_<id>_<secret>`. The id finds it, so that the secret is compared once and in constant
 * time; the prefix lets scanners of repositories find one that was committed.
 */
const FORM = /^hwd_([0-9a-z]{1,32})_([A-Za-z0-9_-]{43})$/

/** A new token's text, and what is kept of it. */
export function newToken(id: string): { text: string; secretSha256: string } {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  return { text: `hwd_${id}_${secret}`, secretSha256: sha256(secret) }
}

/** Its parts; undefined for what is no token. */
export function parseToken(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = FORM.exec(text) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

export const secretFits = (secret: string, secretSha256: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(secret), 'hex'), Buffer.from(secretSha256, 'hex'))

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
