import { join } from 'node:path'
import type { Engine } from '../contract/engine.ts'
import { AppError } from '../errors/app-error.ts'
import { namesIn } from '../system/entries.ts'
import { readText, writeAtomic } from '../system/files.ts'
import { describeEngine } from './describe-engine.ts'
import { EngineRecord, engineOf, parseAs, recordOf } from './engine-record.ts'
import type { BrokenEngine, EngineSite } from './survey.ts'

/** Folder of an npm engine, named by its id, `npm-16.14`. */
export function npmEngineDirectory(enginesDirectory: string, id: string): string {
  return join(enginesDirectory, id)
}

/** Where the package keeps `postgres` and `initdb`. */
export function npmBinDirectory(engineDirectory: string): string {
  return join(engineDirectory, 'native', 'bin')
}

/** The npm engines that are installed. None is run when nothing changed since it was. */
export async function findNpmEngines(site: EngineSite): Promise<(Engine | BrokenEngine)[]> {
  const names = await namesIn(site.enginesDirectory)
  const ids = names.filter((name) => /^npm-\d+\.\d+$/.test(name))
  return Promise.all(ids.map((id) => findNpmEngine(site, id)))
}

async function findNpmEngine(site: EngineSite, id: string): Promise<Engine | BrokenEngine> {
  const directory = npmEngineDirectory(site.enginesDirectory, id)
  try {
    const record = parseAs(EngineRecord, await readText(recordFile(directory)))
    const known = record && (await engineOf(record, directory))
    if (known) return known
    return await recordNpmEngine(site, directory, id)
  } catch (error) {
    return { id, error: AppError.from(error) }
  }
}

/**
 * Runs the npm engine in `directory`, which may still be a staging folder, and writes down beside it what it is. Throws
 * ENGINE_BROKEN when it does not work, or is not the one that `id` names.
 */
export async function recordNpmEngine(
  { account }: EngineSite,
  directory: string,
  id: string,
): Promise<Engine> {
  const binDirectory = npmBinDirectory(directory)
  const described = await describeEngine({ kind: 'npm', binDirectory, account })
  if (described.engine.id !== id) {
    const { major, minor } = described.engine
    throw new AppError(
      'ENGINE_BROKEN',
      `${directory} holds Postgres ${major}.${minor}, not ${id}`,
      {
        details: { directory, id, found: described.engine.id },
      },
    )
  }
  const record = await recordOf(described, directory)
  const text = `${JSON.stringify(record, undefined, 2)}\n`
  await writeAtomic(recordFile(directory), text, { mode: 0o644 })
  return described.engine
}

function recordFile(directory: string): string {
  return join(directory, 'engine.json')
}
