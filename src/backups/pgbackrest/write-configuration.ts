import { dirname } from 'node:path'
import {
  keyFiles,
  pgbackrestConf,
  type PgbackrestConfig,
  pgbackrestFiles,
} from '../../core/config/pgbackrest.ts'
import { ensureDirectory, readText, writeAtomic } from '../../system/files.ts'
import { type PgbackrestHost, versionOf } from './site.ts'

/** Four tries of it end before a server's shutdown is made immediate. */
const ANSWER_S = 20

/** Makes the folders that pgBackRest works in and its configuration, readable by the server's account alone. Safe to repeat. */
export async function writeConfiguration(
  { account: owner, program, answerS = ANSWER_S }: PgbackrestHost,
  wanted: Omit<PgbackrestConfig, 'version' | 'answerS'>,
): Promise<void> {
  const { directory, repositories } = wanted
  const config = { ...wanted, version: versionOf({ program }), answerS }
  const files = pgbackrestFiles(directory)
  const [first, offsite] = repositories
  await ensureDirectory(dirname(directory), { mode: 0o711 })
  // The account passes through to what is its own, and cannot put anything beside what is ours.
  await ensureDirectory(directory, { mode: 0o711 })
  for (const folder of [files.keys, files.spool, files.log, files.lock]) {
    await ensureDirectory(folder, { mode: 0o700, owner })
  }
  if (first?.repository.storage.path === files.repository) {
    await ensureDirectory(files.repository, { mode: 0o700, owner })
  }
  const texts: Record<string, string> = {
    ...keyFiles(config),
    [files.config]: pgbackrestConf(config),
  }
  if (first && offsite) {
    texts[files.primaryConfig] = pgbackrestConf({ ...config, repositories: [first] })
    texts[files.offsiteConfig] = pgbackrestConf({ ...config, repositories: [offsite] })
  }
  for (const [path, text] of Object.entries(texts)) {
    if ((await readText(path)) !== text) await writeAtomic(path, text, { mode: 0o600, owner })
  }
}
