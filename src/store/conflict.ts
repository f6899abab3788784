import { AppError } from '../errors/app-error.ts'

/** A condition of a write did not hold. */
export const conflict = (key: string): AppError =>
  new AppError('STORE_CONFLICT', `${key} was changed by something else`, { details: { key } })

/** Something was to be written under a lease that is over. */
export const leaseEnded = (keys: readonly string[]): AppError =>
  new AppError('STORE_LEASE_ENDED', `the lease for ${keys.join(', ')} has ended`, {
    details: { keys },
  })
