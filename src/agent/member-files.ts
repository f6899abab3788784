import { join } from 'node:path'
import type { MemberDocument } from '../contract/documents/member.ts'
import { ARCHIVING_FILE } from '../core/config/postgresql.ts'
import { givingUpConf } from '../core/config/giving-up.ts'
import { ensureDirectory, exists, readText, writeAtomic } from '../system/files.ts'
import { certificateFits, issueCertificate } from './certificate.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'
import { readServerNote, writeServerNote } from './server-note.ts'

/** Whether the files that are ours have the document's text, and the certificate fits. */
export async function filesAreCurrent(
  doc: MemberDocument,
  env: Pick<AgentEnvironment, 'authority'>,
): Promise<boolean> {
  const { data } = layout(doc)
  for (const [name, text] of Object.entries(await filesOf(doc))) {
    if ((await readText(join(data, name))) !== text) return false
  }
  return certificateFits(doc, env)
}

/** The document's, but for how it archives while WAL is given up. */
export async function filesOf(doc: MemberDocument): Promise<Record<string, string>> {
  const { givenUp } = layout(doc)
  if (!(ARCHIVING_FILE in doc.files) || !(await exists(givenUp))) return doc.files
  return { ...doc.files, [ARCHIVING_FILE]: givingUpConf(doc.engine.major, givenUp) }
}

/** Writes them, each at once or not at all. */
export async function writeMemberFiles(doc: MemberDocument, env: AgentEnvironment): Promise<void> {
  const { data } = layout(doc)
  const owner = env.account
  // A running server will know nothing of it, whatever the document's generation says: a new certificate has none. Noted
  // first, so that a crash in between is followed by a reload too many and not by one too few.
  const note = await readServerNote(doc)
  await writeServerNote(doc, { ...note, configGeneration: 0 })
  await ensureDirectory(doc.socketDirectory, { mode: 0o700, owner })
  if (!(await certificateFits(doc, env))) await issueCertificate(doc, env)
  for (const [name, text] of Object.entries(await filesOf(doc))) {
    if ((await readText(join(data, name))) === text) continue
    await writeAtomic(join(data, name), text, { mode: 0o600, owner })
  }
}
