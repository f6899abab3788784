import { AppError } from '../errors/app-error.ts'
import type { BackupEngine, BackupEngines } from './backup-engine.ts'
import type { PgbackrestEngine } from './pgbackrest/pgbackrest-engine.ts'

/**
 * The backup engines of this host. A new lineage goes to pgBackRest where the policy names a repository, and for system
 * engines where the program is there and knows their major, unless it is a branch's, which waits for no stanza; everything else is
 * kept by plain copies, which need no other program.
 */
export function backupEngines(
  copy: BackupEngine,
  pgbackrest: PgbackrestEngine | undefined,
): BackupEngines {
  const of: BackupEngines['of'] = ({ engine }) => {
    if (engine === 'copy') return copy
    if (pgbackrest) return pgbackrest
    throw new AppError(
      'NOT_SUPPORTED',
      'pgBackRest keeps this lineage, and it is not on this host',
      {
        hint: 'Install the package `pgbackrest`, then restart the daemon: `howdah daemon stop`.',
      },
    )
  }
  return {
    of,
    choose({ policy, isBranch = false, engine }) {
      const isAble = !isBranch && engine.kind === 'system' && pgbackrest?.keeps(engine.major)
      // No copy is made of copies: a second place is pgBackRest's as well.
      const isNamed = policy?.repository !== undefined || policy?.offsite !== undefined
      const wanted = isNamed || isAble
      return of({ engine: wanted ? 'pgbackrest' : 'copy' })
    },
  }
}
