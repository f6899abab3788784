import { join } from 'node:path'
import { patroniConfig } from '../../core/config/patroni.ts'
import { dynamicConfig } from '../../core/config/patroni-dynamic.ts'
import type { PatroniVersion } from '../../core/patroni/version.ts'
import { ownUserName } from '../../system/account.ts'
import { ensureDirectory, exists, readText, writeAtomic } from '../../system/files.ts'
import { certificateFits, issueCertificate } from '../certificate.ts'
import type { AgentEnvironment } from '../environment.ts'
import { filesOf } from '../member-files.ts'
import { readServerNote, writeServerNote } from '../server-note.ts'
import { restPassword } from './access.ts'
import { issuePeerCertificate, peerCertificateFits } from './peer-certificate.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

const WATCHDOG = '/dev/watchdog'

/** Whether Patroni's files have the text that follows from the document, and the certificates fit. */
export async function patroniFilesAreCurrent(
  doc: PatroniDocument,
  env: AgentEnvironment,
  version: PatroniVersion,
): Promise<boolean> {
  for (const [path, text] of Object.entries(await textsOf(doc, env, version))) {
    if ((await readText(path)) !== text) return false
  }
  return (await certificateFits(doc, env)) && (await peerCertificateFits(doc, env))
}

/** Writes them, each at once or not at all; a running Patroni is to be told. */
export async function writePatroniFiles(
  doc: PatroniDocument,
  env: AgentEnvironment,
  version: PatroniVersion,
): Promise<void> {
  const owner = env.account
  await preparePlaces(doc, env)
  // Noted first, so that a crash in between is followed by a reload too many and not by one too few.
  const note = await readServerNote(doc)
  await writeServerNote(doc, { ...note, configGeneration: 0 })
  if (!(await certificateFits(doc, env))) await issueCertificate(doc, env)
  if (!(await peerCertificateFits(doc, env))) await issuePeerCertificate(doc, env)
  for (const [path, text] of Object.entries(await textsOf(doc, env, version))) {
    if ((await readText(path)) !== text) await writeAtomic(path, text, { mode: 0o600, owner })
  }
}

/** Its folders. */
async function preparePlaces(doc: PatroniDocument, env: AgentEnvironment): Promise<void> {
  const owner = env.account
  await openFolder(doc, env)
  await ensureDirectory(patroniPlaces(doc).folder, { mode: 0o700, owner })
  await ensureDirectory(doc.socketDirectory, { mode: 0o700, owner })
  await ensureDirectory(join(doc.directory, 'log'), { mode: 0o700 })
}

/**
 * Patroni replaces the data in the member's folder, so its account may remove what is its own there, and nothing that is ours: that
 * is what the sticky bit is for.
 */
export async function openFolder(
  { directory }: PatroniDocument,
  { account }: Pick<AgentEnvironment, 'account'>,
): Promise<void> {
  if (!account) return ensureDirectory(directory, { mode: 0o711 })
  await ensureDirectory(directory, { mode: 0o1771, owner: { uid: 0, gid: account.gid } })
}

/** Text of each file by its path. */
async function textsOf(
  doc: PatroniDocument,
  env: AgentEnvironment,
  version: PatroniVersion,
): Promise<Record<string, string>> {
  const { patroni } = doc
  const places = patroniPlaces(doc)
  const { durability, shared } = patroni
  const config = patroniConfig({
    doc,
    patroni,
    places,
    dynamic: dynamicConfig({ durability, shared, version }),
    restPassword: restPassword(env, patroni.scope),
    accounts: [env.account?.name ?? ownUserName()],
    watchdog: (await exists(WATCHDOG)) ? WATCHDOG : undefined,
  })
  const own = Object.entries(await filesOf(doc)).flatMap(([name, text]): [string, string][] => {
    // Patroni writes them, from its own file.
    if (name === 'pg_hba.conf' || name === 'pg_ident.conf') return []
    return [[name === 'postgresql.conf' ? places.settings : join(places.folder, name), text]]
  })
  return {
    [places.configFile]: config,
    [places.authority]: env.authority.certPem,
    ...Object.fromEntries(own),
  }
}
