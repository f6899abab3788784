import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { AppError } from '../../errors/app-error.ts'

/** The text of a SQL file, for a daemon that may not see it; USAGE when it cannot be read. */
export async function readScript(
  directory: string,
  path: string | undefined,
): Promise<{ name: string; text: string } | undefined> {
  if (path === undefined) return undefined
  try {
    return { name: basename(path), text: await readFile(resolve(directory, path), 'utf8') }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('USAGE', `cannot read the script: ${why}`, { cause })
  }
}
