import type { tokenApi } from '../../contract/api/tokens.ts'
import type { TokenDocument } from '../../contract/documents/token.ts'
import type { Handlers } from '../../contract/endpoint.ts'
import { AppError } from '../../errors/app-error.ts'
import { newToken } from '../access/token-secret.ts'
import type { Services } from '../services.ts'

export function tokenHandlers(s: Services): Handlers<typeof tokenApi> {
  const { tokens, audit } = s.documents
  return {
    // The replies' schemas leave the hash out.
    listTokens: async () => (await tokens.list()).map((t) => t.value),
    async createToken({ name, role, projects, expiresAfterMs }, caller) {
      if (await tokens.get(name)) {
        throw new AppError('TOKEN_EXISTS', `there is a token “${name}” already`)
      }
      const id = s.newId()
      const { text, secretSha256 } = newToken(id)
      const now = Date.now()
      const token: TokenDocument = {
        format: 1,
        id,
        name,
        role,
        createdAt: new Date(now).toISOString(),
        createdBy: caller.name,
        secretSha256,
        ...(projects ? { projects } : {}),
        ...(expiresAfterMs === undefined
          ? {}
          : { expiresAt: new Date(now + expiresAfterMs).toISOString() }),
      }
      await s.store.write([tokens.put([name], token, 0)])
      return { token, secret: text }
    },
    async removeToken({ name }) {
      if (!(await tokens.get(name))) {
        throw new AppError('TOKEN_NOT_FOUND', `there is no token “${name}”`)
      }
      await s.store.write([tokens.remove([name])])
      return { removed: name }
    },
    listAudit: async ({ limit }) => (await audit.list()).slice(-limit).map((e) => e.value),
  }
}
