import { DatabaseError } from 'pg'
import { AppError } from '../../errors/app-error.ts'

/** Where a text came from. */
export interface SqlSource {
  /** A file's name, or undefined for `-c`. */
  readonly file?: string | undefined
  readonly sql: string
  /** The line of its first character in the file, from 1. */
  readonly line: number
}

/**
 * The error of a statement as people and scripts read it: `init.sql:12: ERROR: …`, the line with a mark under the place,
 * detail and context, the SQLSTATE, and the server's own hint. What is no word of the server is given back unchanged.
 */
export function sqlError(error: unknown, source: SqlSource): unknown {
  if (!(error instanceof DatabaseError)) return error
  const place = placeOf(error, source)
  const where = source.file === undefined ? '' : `${source.file}:${place.line}: `
  const words = [
    ...place.shown,
    ...(error.detail ? [`DETAIL:  ${error.detail}`] : []),
    ...(error.where ? [`CONTEXT:  ${error.where}`] : []),
    `SQLSTATE:  ${error.code}`,
  ]
  const message = `${where}${error.severity}: ${error.message}`
  return new AppError('SQL_FAILED', message, {
    cause: error,
    details: {
      output: words.join('\n'),
      sqlState: error.code,
      line: place.line,
      ...(source.file === undefined ? {} : { file: source.file }),
      ...(error.detail ? { detail: error.detail } : {}),
    },
    ...(error.hint ? { hint: error.hint } : {}),
  })
}

/** The line of the error's position, and that line with a mark under it, as psql shows it. */
function placeOf(error: DatabaseError, source: SqlSource): { line: number; shown: string[] } {
  const position = Number(error.position)
  if (!error.position || !Number.isInteger(position)) return { line: source.line, shown: [] }
  // The server counts characters from 1, not UTF-16 units.
  const before = Array.from(source.sql)
    .slice(0, position - 1)
    .join('')
  const start = before.lastIndexOf('\n') + 1
  const line = source.line + before.split('\n').length - 1
  const text = source.sql.slice(start).split('\n', 1)[0] ?? ''
  const lead = `LINE ${line}: `
  const mark = ' '.repeat(lead.length + Array.from(before.slice(start)).length)
  return { line, shown: [lead + text.replaceAll('\t', ' '), `${mark}^`] }
}
