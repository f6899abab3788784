import { DatabaseError } from 'pg'
import { AppError } from '../../errors/app-error.ts'
import { errnoOf } from '../file-errors.ts'

/**
 * SQL_FAILED for what a server, or the connection to it, answered to a statement. `details`: `sqlstate`, `severity`, `detail`, `hint`,
 * `position` (character of the text, from 1) and `where`, as far as the server gave them; without `sqlstate` the connection broke.
 */
export function statementError(error: unknown): AppError {
  if (error instanceof DatabaseError) return databaseError(error, error.message)
  const errno = errnoOf(error)
  const words = error instanceof Error ? error.message : String(error)
  return new AppError('SQL_FAILED', `the connection failed: ${words}`, {
    details: errno === undefined ? {} : { errno },
    cause: error,
  })
}

/** SQL_FAILED for a connection that did not come about. `details.errno`: ECONNREFUSED, ENOENT … when there was no server to answer. */
export function connectError(error: unknown, place: string): AppError {
  if (error instanceof DatabaseError) {
    return databaseError(error, `${place} refused the connection: ${error.message}`)
  }
  const errno = errnoOf(error)
  const words = error instanceof Error ? error.message : String(error)
  return new AppError('SQL_FAILED', `cannot connect to ${place}: ${words}`, {
    // pg gives no code of its own to a time-out, or to a server that hangs up while it starts or stops.
    details: { place, errno: errno ?? 'NO_ANSWER' },
    cause: error,
  })
}

const notListening = new Set(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE', 'NO_ANSWER'])

/**
 * Whether a connection failed only because the server is not up: nobody listens, it hung up or kept silent, or it said that it is
 * starting, stopping or recovering (SQLSTATE 57P03). Then trying again may help; a wrong password or certificate it does not.
 */
export function isNotReady(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'SQL_FAILED') return false
  const { sqlstate, errno } = error.details ?? {}
  return sqlstate === '57P03' || (typeof errno === 'string' && notListening.has(errno))
}

function databaseError(error: DatabaseError, message: string): AppError {
  const { code, severity, detail, hint, position, where } = error
  const facts = {
    sqlstate: code,
    severity,
    detail,
    hint,
    position: position && Number(position),
    where,
  }
  const details = Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  )
  return new AppError('SQL_FAILED', message, { details, cause: error })
}
