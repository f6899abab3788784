import { AppError } from '../errors/app-error.ts'
import { isFull, type NpmFailure } from '../system/tools/npm.ts'

/** npm's failure as ours: DISK_FULL when it ran out of room, else ENGINE_DOWNLOAD_FAILED with npm's own words in `details`. */
export function npmError(failure: NpmFailure, what: string, tried: string): AppError {
  const details = { tried, npmCode: failure.code, stderr: failure.stderr }
  if (isFull(failure)) {
    return new AppError('DISK_FULL', `${what}: ${failure.summary}`, {
      details,
      hint: 'Free space where Howdah keeps its engines and where npm keeps its cache, then run the same command again.',
    })
  }
  return new AppError('ENGINE_DOWNLOAD_FAILED', `${what}: ${failure.summary}`, { details })
}

/** A missing npm or a deadline stops a download as a missing network does; an abort stays what it is. */
export function downloadFailed(error: unknown, what: string): AppError {
  const failure = AppError.from(error)
  if (failure.code !== 'COMMAND_NOT_FOUND' && failure.code !== 'DEADLINE_EXCEEDED') return failure
  return new AppError('ENGINE_DOWNLOAD_FAILED', `${what}: ${failure.message}`, {
    details: failure.details,
    cause: error,
    ...(failure.code === 'COMMAND_NOT_FOUND' ? { hint: failure.hint } : {}),
  })
}
