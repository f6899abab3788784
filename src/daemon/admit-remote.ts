import { Attempts } from '../api/access/attempts.ts'
import { authenticate } from '../api/access/authenticate.ts'
import type { Caller } from '../contract/access.ts'
import { AppError } from '../errors/app-error.ts'
import type { NewEvent } from '../operations/dependencies.ts'
import type { Documents } from '../store/documents.ts'
import type { Store } from '../store/store.ts'

export interface Admission {
  readonly store: Store
  readonly documents: Documents
  readonly event: (event: NewEvent) => void
}

/**
 * Tells callers from elsewhere by their tokens. A good token always passes; an address with many wrong ones gets
 * TOO_MANY_ATTEMPTS with `details.retryAfterMs`, and one event tells of it.
 */
export function admitRemote({ event, ...stored }: Admission) {
  const attempts = new Attempts()
  return async (authorization: string | undefined, from: string): Promise<Caller> => {
    const now = new Date()
    try {
      return await authenticate(stored, authorization, from, now)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'UNAUTHENTICATED')) throw error
      const retryAfterMs = attempts.waitMs(from, now.getTime())
      if (attempts.failed(from, now.getTime())) {
        const message = `many calls from ${from} had no good token; its next ones must wait`
        event({ severity: 'warning', kind: 'login-refused', message })
      }
      if (retryAfterMs === 0) throw error
      throw new AppError('TOO_MANY_ATTEMPTS', `too many calls from ${from} without a good token`, {
        details: { retryAfterMs },
      })
    }
  }
}

/** Whether what a connection logged in with is good now. A store that cannot be read ends no connection. */
export async function isStillGood(stored: Admission, authorization: string): Promise<boolean> {
  try {
    await authenticate(stored, authorization, 'here', new Date())
    return true
  } catch (error) {
    return !(error instanceof AppError && error.code === 'UNAUTHENTICATED')
  }
}
