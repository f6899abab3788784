import { AppError } from '../../errors/app-error.ts'

const described = (reasons: ReadonlyMap<string, string>): string =>
  [...reasons].map(([endpoint, reason]) => `${endpoint}: ${reason}`).join('; ')

/** Not done. `reasons`: what was in the way, per endpoint. */
export function unavailableError(path: string, reasons: ReadonlyMap<string, string>): AppError {
  const details = { path, endpoints: Object.fromEntries(reasons) }
  return new AppError('STORE_UNAVAILABLE', `no etcd answered (${described(reasons)})`, { details })
}

/** The request may have been done, or not. */
export function unknownError(path: string, reasons: ReadonlyMap<string, string>): AppError {
  const details = { path, endpoints: Object.fromEntries(reasons) }
  const message = `etcd did not say whether it did what it was asked (${described(reasons)})`
  return new AppError('STORE_OUTCOME_UNKNOWN', message, { details })
}

/** Not done: there is no room for it. */
export const fullError = (): AppError =>
  new AppError('STORE_FULL', 'etcd’s database has reached its quota, and takes no more writes')

/** Not done, because the client is closed. */
export const closedError = (path: string): AppError =>
  new AppError('STORE_UNAVAILABLE', `the connection to etcd was closed (${path})`)
