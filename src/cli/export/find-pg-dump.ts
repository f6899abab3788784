import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from '../../contract/engine.ts'
import { AppError } from '../../errors/app-error.ts'

const run = promisify(execFile)

export interface PgDump {
  readonly program: string
  readonly major: number
}

/**
 * A pg_dump that reads a server of this major: of the same, else of the lowest newer one, for the file is then most widely
 * readable. Looks at the engines and at PATH. Throws NOT_SUPPORTED with the packages that bring one.
 */
export async function findPgDump(
  major: number,
  engines: readonly Engine[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<PgDump> {
  const ofEngines = engines
    .filter((engine) => engine.tools.includes('pg_dump'))
    .map((engine) => ({ program: join(engine.binDirectory, 'pg_dump'), major: engine.major }))
  const found = fitting([...ofEngines, ...(await inPath(env))], major)
  if (found) return found
  throw new AppError('NOT_SUPPORTED', `there is no pg_dump here that reads Postgres ${major}`, {
    hint:
      `Install one of version ${major} or newer (Debian and Ubuntu: postgresql-client-${major}, from apt.postgresql.org where ` +
      `the system’s own is older; Fedora: postgresql; Homebrew: postgresql@${major}), or export a plain copy of the data: --to DIRECTORY.`,
  })
}

/** The one that fits a server of this major best. Pure. */
export function fitting(candidates: readonly PgDump[], major: number): PgDump | undefined {
  return candidates.filter((c) => c.major >= major).toSorted((a, b) => a.major - b.major)[0]
}

async function inPath(env: Readonly<Record<string, string | undefined>>): Promise<PgDump[]> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const programs = folders.map((folder) => join(folder, 'pg_dump')).filter(isRunnable)
  const asked = await Promise.all(programs.map(versionOf))
  return asked.filter((found) => found !== undefined)
}

async function versionOf(program: string): Promise<PgDump | undefined> {
  try {
    // `pg_dump (PostgreSQL) 16.4 (Debian …)`
    const { stdout } = await run(program, ['--version'])
    const [, major] = /\) (\d+)/.exec(stdout) ?? []
    return major === undefined ? undefined : { program, major: Number(major) }
  } catch {
    return undefined // one that does not run, such as a wrapper without a client behind it, is none
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false // not in this folder of PATH; the next may have it
  }
}
