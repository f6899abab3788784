import { AppError } from '../../errors/app-error.ts'

/** Of a cluster without a majority, or of a member that did not start: both may be well later, with nobody’s doing here. */
const passing: readonly string[] = [
  'STORE_UNAVAILABLE',
  'STORE_OUTCOME_UNKNOWN',
  'STORE_LEASE_ENDED',
  'STORE_FULL',
  'SERVER_START_FAILED',
]

/** Whether the store may be well again by itself. */
export const isPassing = (error: unknown): boolean =>
  error instanceof AppError && passing.includes(error.code)

/** Gives a failure that passes to `tell` and throws any other. */
export const throwUnlessPassing =
  (tell: (error: unknown) => void) =>
  (error: unknown): void => {
    if (!isPassing(error)) throw error
    tell(error)
  }
