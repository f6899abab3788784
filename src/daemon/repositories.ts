import { admitRepository } from '../backups/pgbackrest/admit-repository.ts'
import { checkRepository } from '../backups/pgbackrest/check-repository.ts'
import {
  createPgbackrestEngine,
  type PgbackrestEngine,
} from '../backups/pgbackrest/pgbackrest-engine.ts'
import type { Services } from '../api/services.ts'
import { AppError } from '../errors/app-error.ts'
import type { Dependencies } from '../operations/dependencies.ts'
import { repositoryAccess } from '../operations/repositories.ts'
import type { Account } from '../system/account.ts'
import { findPgbackrest } from '../system/tools/pgbackrest.ts'

interface Repositories {
  /** Undefined without the program. */
  readonly engine: PgbackrestEngine | undefined
  readonly services: Services['repositories']
}

/** What pgBackRest does on this machine, when it is here. */
export async function openRepositories(
  d: Pick<Dependencies, 'documents' | 'secrets' | 'driver'>,
  account: Account | undefined,
): Promise<Repositories> {
  const program = await findPgbackrest()
  if (!program) {
    const refuse = () => Promise.reject(missing())
    return { engine: undefined, services: { admit: refuse, check: refuse } }
  }
  const site = { program, account }
  return {
    engine: createPgbackrestEngine({
      ...site,
      repository: (name) => repositoryAccess(d, name),
      placeLineage: (id) => d.driver.placeLineage(id),
    }),
    services: {
      admit: (access) => admitRepository(site, access),
      check: (access) => checkRepository(site, access),
    },
  }
}

const missing = (): AppError =>
  new AppError('NOT_SUPPORTED', 'a repository needs pgBackRest, and it is not on this machine', {
    hint: 'Install the package `pgbackrest`, then restart the daemon: `howdah daemon stop`.',
  })
