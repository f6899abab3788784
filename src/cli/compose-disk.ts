import { readdirSync, readFileSync } from 'node:fs'
import { AppError } from '../errors/app-error.ts'

/** What the system says of a path where no readable file or folder of that kind is. */
const notThere = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** The text of a file that compose names; undefined when there is none. Throws COMPOSE_NOT_FOUND when it may not be read. */
export const textOf = (path: string): string | undefined =>
  whereThere(path, () => readFileSync(path, 'utf8'))

/** The names in a folder that compose names, sorted; undefined when it is not a folder. */
export const namesIn = (path: string): string[] | undefined =>
  whereThere(path, () => readdirSync(path).toSorted())

function whereThere<T>(path: string, read: () => T): T | undefined {
  try {
    return read()
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    if (notThere.has(code)) return undefined
    throw new AppError('COMPOSE_NOT_FOUND', `cannot read ${path}: ${message}`, { cause })
  }
}
