import { parsePgbackrestVersion, refusalOf } from '../../../src/core/pgbackrest/version-limits.ts'
import type { Engine } from '../../../src/contract/engine.ts'
import { findPgbackrest, type PgbackrestProgram } from '../../../src/system/tools/pgbackrest.ts'
import { engineOf, NEWER } from './engines.ts'

/** A Postgres that Debian 12's pgBackRest knows. */
const OLD_ENOUGH = { major: 15, minor: 18 } as const

/**
 * The pgBackRest of this machine, or the one in the folder that HOWDAH_TEST_PGBACKREST names, to try another release. Undefined
 * where there is none: tests that need it are skipped then, and CI has it.
 */
export const program: PgbackrestProgram | undefined = await findPgbackrest(
  process.env['HOWDAH_TEST_PGBACKREST'],
)

/** A Postgres that this pgBackRest can keep. */
export function postgresFor({ version }: PgbackrestProgram): Promise<Engine> {
  const release = parsePgbackrestVersion(version)
  const isKnown = release && refusalOf(release, { major: NEWER.major }) === undefined
  return engineOf(isKnown ? NEWER : OLD_ENOUGH)
}
