import { parseBytes, parseDurationMs } from '../../compose/amounts.ts'
import { AppError } from '../../errors/app-error.ts'

/** A flag's span: `7d`, `1h30m`. Undefined when the flag is not there. */
export function readSpanMs(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const spanMs = parseDurationMs(text)
  if (spanMs !== undefined && spanMs > 0) return spanMs
  throw new AppError('USAGE', `${flag} takes a span such as 7d, 12h or 30m, and “${text}” is none`)
}

/** The same where `off`, as compose writes it, or `never` is an answer, which is 0. */
export const readSpanOrNeverMs = (flag: string, text: string | undefined): number | undefined =>
  text === 'off' || text === 'never' ? 0 : readSpanMs(flag, text)

/** A flag's size in bytes: `512MB`. */
export function readSize(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const bytes = parseBytes(text)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new AppError('USAGE', `${flag} takes a size such as 512MB or 2GB, and “${text}” is none`)
}
