import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { saslprep } from './saslprep.ts'

/** Postgres's own default (`scram_iterations`). */
const iterations = 4096

/**
 * What Postgres keeps of a password (`pg_authid.rolpassword`): `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, RFC 5803.
 * `ALTER ROLE … PASSWORD '<this>'` stores it as it is, so that the password itself never reaches the server or its log.
 */
export function scramVerifier(password: string, salt: Uint8Array = randomBytes(16)): string {
  return verifierOf(password, salt, iterations)
}

/** Whether a verifier was made from this password. False for any other text, an MD5 hash too. */
export function verifyScram(password: string, verifier: string): boolean {
  const [, rounds, salt] = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$/.exec(verifier) ?? []
  if (!rounds || !salt || Number(rounds) < 1) return false
  const expected = Buffer.from(verifierOf(password, Buffer.from(salt, 'base64'), Number(rounds)))
  const given = Buffer.from(verifier)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

// RFC 5802 §3, with SHA-256 as RFC 7677 has it.
function verifierOf(password: string, salt: Uint8Array, rounds: number): string {
  const salted = pbkdf2Sync(saslprep(password), salt, rounds, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  const saltText = Buffer.from(salt).toString('base64')
  return `SCRAM-SHA-256$${rounds}:${saltText}$${storedKey}:${serverKey}`
}
