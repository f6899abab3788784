import { join, relative } from 'node:path'
import { z } from 'zod'
import { Engine } from '../contract/engine.ts'
import { changeMark } from '../system/entries.ts'
import type { Described } from './describe-engine.ts'

/**
 * What is remembered of an engine, so that a start need not run it, and the marks that say whether it still holds.
 * Paths count from a base folder, so that an engine can be moved into place after it was described.
 */
export const EngineRecord = z.object({
  /** Counts up when more is found out than before: what was remembered by an older daemon is then found out anew. */
  formatVersion: z.literal(2),
  /** Path of each file or folder to the size, time of change and mode that it had. */
  marks: z.record(z.string(), z.string()),
  engine: Engine,
})
export type EngineRecord = z.output<typeof EngineRecord>

/** A record of what was just described. */
export async function recordOf(described: Described, base: string): Promise<EngineRecord> {
  const { engine, extensionDirectory, libraryDirectory } = described
  const { binDirectory } = engine
  const programs = [join(binDirectory, 'postgres'), join(binDirectory, 'initdb')]
  // The folders' times change when a package brings tools or extensions.
  const libraries = libraryDirectory === undefined ? [] : [libraryDirectory]
  const folders = [binDirectory, extensionDirectory, ...libraries]
  const paths = [...programs, ...folders].map((path) => relative(base, path))
  const marks = await Promise.all(
    paths.map(async (path) => [path, await changeMark(join(base, path))] as const),
  )
  return {
    formatVersion: 2,
    marks: Object.fromEntries(marks),
    engine: { ...engine, binDirectory: relative(base, binDirectory) },
  }
}

/** The engine of a record that still holds; undefined when a marked file is not as it was. */
export async function engineOf(
  { engine, marks }: EngineRecord,
  base: string,
): Promise<Engine | undefined> {
  const same = await Promise.all(
    Object.entries(marks).map(
      async ([path, mark]) => (await changeMark(join(base, path))) === mark,
    ),
  )
  if (!same.every(Boolean)) return undefined
  return { ...engine, binDirectory: join(base, engine.binDirectory) }
}

/** Reads text as JSON of the schema's form; undefined when it is not: what was remembered is then found out anew. */
export function parseAs<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    // Not JSON at all, as after somebody's edit.
    return undefined
  }
}
