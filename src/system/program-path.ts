import { delimiter, join } from 'node:path'
import { isRunnable } from './entries.ts'

/** Absolute path of the first of these programs that is in the PATH; undefined when none is. */
export async function firstInPath(names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((f) => f.startsWith('/'))
  for (const name of names) {
    for (const folder of folders) {
      if (await isRunnable(join(folder, name))) return join(folder, name)
    }
  }
  return undefined
}
