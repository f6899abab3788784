import type { TokenDocument } from '../../contract/documents/token.ts'
import { hostFileOf } from '../../operations/host/host-file-of.ts'
import { inviteWith } from '../../operations/host/invite.ts'
import { newToken } from '../access/token-secret.ts'
import type { Services } from '../services.ts'

/** A token with which machines may ask to become hosts until it ends. Those that have ended go: they are made often. */
export async function createJoinToken(s: Services, expiresAfterMs: number, createdBy: string) {
  await hostFileOf(s)
  const { tokens } = s.documents
  const id = s.newId()
  const { text, secretSha256 } = newToken(id)
  const nowMs = Date.now()
  const token: TokenDocument = {
    format: 1,
    id,
    name: `join-${id}`,
    // It may do less than any role: see `purpose`.
    role: 'viewer',
    purpose: 'join',
    createdAt: new Date(nowMs).toISOString(),
    createdBy,
    expiresAt: new Date(nowMs + expiresAfterMs).toISOString(),
    secretSha256,
  }
  const over = (await tokens.list()).filter(({ value }) => isOver(value, nowMs))
  await s.store.write([
    tokens.put([token.name], token, 0),
    ...over.map(({ value }) => tokens.remove([value.name])),
  ])
  return {
    token: await inviteWith(s, text),
    name: token.name,
    expiresAt: token.expiresAt!,
  }
}

const isOver = ({ purpose, expiresAt }: TokenDocument, nowMs: number): boolean =>
  purpose === 'join' && expiresAt !== undefined && Date.parse(expiresAt) <= nowMs
