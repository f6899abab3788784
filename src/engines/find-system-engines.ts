import { join, relative } from 'node:path'
import { z } from 'zod'
import type { Engine } from '../contract/engine.ts'
import { AppError } from '../errors/app-error.ts'
import { ensureDirectory, readText, writeAtomic } from '../system/files.ts'
import { describeEngine } from './describe-engine.ts'
import { EngineRecord, engineOf, parseAs, recordOf } from './engine-record.ts'
import type { BrokenEngine, EngineSite } from './survey.ts'
import { systemBinDirectories } from './system-engines.ts'

/** Records by the folder of programs. */
const SystemCache = z.record(z.string(), EngineRecord)

/** The system's engines. None is run when nothing changed since the last time. */
export async function findSystemEngines(site: EngineSite): Promise<(Engine | BrokenEngine)[]> {
  const root = site.systemRoot ?? '/'
  const cacheFile = join(site.enginesDirectory, 'system-cache.json')
  const [directories, text] = await Promise.all([systemBinDirectories(root), readText(cacheFile)])
  const remembered = parseAs(SystemCache, text) ?? {}
  const records: Record<string, EngineRecord> = {}
  const found = await Promise.all(
    directories.map(async (binDirectory) => {
      const key = relative(root, binDirectory)
      const known = remembered[key]
      const engine = known && (await engineOf(known, root))
      if (engine) {
        records[key] = known
        return engine
      }
      try {
        const described = await describeEngine({
          kind: 'system',
          binDirectory,
          account: site.account,
        })
        records[key] = await recordOf(described, root)
        return described.engine
      } catch (error) {
        return { id: undefined, error: AppError.from(error) }
      }
    }),
  )
  // In the order of the folders, not of the answers, so that the text is the same when nothing changed.
  const inOrder = directories.map((directory) => relative(root, directory))
  const kept = inOrder.filter((key) => records[key]).map((key) => [key, records[key]])
  const newText = `${JSON.stringify(Object.fromEntries(kept), undefined, 2)}\n`
  if (newText !== (text ?? '{}\n')) await remember(site, cacheFile, newText)
  return found
}

async function remember(
  { enginesDirectory, log }: EngineSite,
  cacheFile: string,
  text: string,
): Promise<void> {
  try {
    await ensureDirectory(enginesDirectory, { mode: 0o755 })
    await writeAtomic(cacheFile, text, { mode: 0o644 })
  } catch (error) {
    // Only costs time at the next start; what was found is still true.
    log.warn({ error, cacheFile }, 'what was found of the system’s engines cannot be remembered')
  }
}
