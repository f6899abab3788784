import { join } from 'node:path'
import { pgbackrestFiles, type RepositoryAccess } from '../../core/config/pgbackrest.ts'
import { ensureDirectory } from '../../system/files.ts'
import { withTemporaryFolder } from '../../system/temporary.ts'
import { type Call, caller } from './call.ts'
import { expectSupport, type PgbackrestHost } from './site.ts'
import { writeConfiguration } from './write-configuration.ts'

/** Nothing archives with such a configuration. */
const BACKLOG_BYTES = 1024 ** 3

/** Gives `work` the commands about a repository as a whole, whatever lineages it has. The configuration is gone afterwards. */
export async function withRepository<T>(
  site: PgbackrestHost,
  access: RepositoryAccess,
  work: (call: Call) => Promise<T>,
): Promise<T> {
  expectSupport(site, access.repository)
  return withTemporaryFolder(async (folder) => {
    // Others may pass through to what is theirs, and see nothing.
    await ensureDirectory(folder, { mode: 0o711 })
    const directory = join(folder, 'repository')
    await writeConfiguration(site, {
      directory,
      repositories: [access],
      backlogBytes: BACKLOG_BYTES,
    })
    const { config: configFile } = pgbackrestFiles(directory)
    return work(caller(site, [access], { configFile }))
  })
}
