import type { Caller } from '../../contract/access.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Documents } from '../../store/documents.ts'
import type { Store } from '../../store/store.ts'
import { parseToken, secretFits } from './token-secret.ts'

const MINUTE_MS = 60_000

/** Who calls with this `Authorization` header from this address. UNAUTHENTICATED, which never says what was wrong with a token. */
export async function authenticate(
  { store, documents }: { store: Store; documents: Documents },
  authorization: string | undefined,
  from: string,
  now: Date,
): Promise<Caller> {
  if (!authorization) throw new AppError('UNAUTHENTICATED', 'this needs a token')
  const parts = parseToken(authorization.replace(/^Bearer /i, ''))
  const found = parts && (await documents.tokens.list()).find((t) => t.value.id === parts.id)
  const { expiresAt } = found?.value ?? {}
  const isOver = expiresAt !== undefined && Date.parse(expiresAt) <= now.getTime()
  if (!found || !secretFits(parts.secret, found.value.secretSha256) || isOver) {
    throw new AppError('UNAUTHENTICATED', 'the token is not, or no longer, good')
  }
  const { name, role, projects, purpose, lastUsedAt } = found.value
  if (lastUsedAt === undefined || now.getTime() - Date.parse(lastUsedAt) >= MINUTE_MS) {
    const used = { ...found.value, lastUsedAt: now.toISOString() }
    await store.write([documents.tokens.put([name], used, found.revision)]).catch(isOutdated)
  }
  return { name, role, projects, from, ...(purpose === 'join' ? { joins: true } : {}) }
}

/** Another call has noted the same use, or the token was removed meanwhile; the next call will see that. */
function isOutdated(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'STORE_CONFLICT')) throw error
}
