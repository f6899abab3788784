import type { RepositoryAccess } from '../../core/config/pgbackrest.ts'
import { ensureDirectory, exists } from '../../system/files.ts'
import { expectSupport, type PgbackrestHost } from './site.ts'
import { withRepository } from './with-repository.ts'

/**
 * Makes sure that a repository can be used from here, before anything goes there: NOT_SUPPORTED by the pgBackRest of this machine, and
 * SETTING_INVALID for a key that no configuration can carry. A folder of this machine is made when it is missing, for
 * the servers' account; later it never is, for it may be one that is not mounted.
 */
export async function admitRepository(
  site: PgbackrestHost,
  access: RepositoryAccess,
): Promise<void> {
  const { storage } = access.repository
  expectSupport(site, { storage })
  await withRepository(site, access, () => Promise.resolve())
  if (storage.type !== 'posix' || (await exists(storage.path))) return
  await ensureDirectory(storage.path, { mode: 0o700, owner: site.account })
}
