import { AppError, type ErrorBody } from '../errors/app-error.ts'

/** Pino's level of the line with which a daemon says what ended it. */
const fatal = 60

/**
 * What ended the daemon with this pid, by its last line of level “fatal” in `log`; undefined when it left none, as one
 * that was killed.
 */
export function daemonFailure(log: string, pid: number | undefined): AppError | undefined {
  for (const text of log.split('\n').reverse()) {
    const line = parsed(text)
    if (line?.level !== fatal || line.pid !== pid || !isErrorBody(line.error)) continue
    const { code, message, hint, details } = line.error
    return AppError.fromBody({ code, message, hint, details })
  }
  return undefined
}

interface Line {
  readonly level?: unknown
  readonly pid?: unknown
  readonly error?: unknown
}

function parsed(text: string): Line | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined // a line that was cut off, or not the daemon's own
  }
}

function isErrorBody(value: unknown): value is ErrorBody {
  const body = value as Partial<Record<keyof ErrorBody, unknown>> | undefined
  const texts = [body?.code, body?.message, body?.hint]
  return texts.every((text) => typeof text === 'string')
}
