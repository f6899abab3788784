import { AppError } from '../../errors/app-error.ts'

/** The first label of a host name is at most 63 characters long; the rest is for a service's name. */
const LONGEST = 48

/** A service name for a Git branch: `feature/Log-in #7` → `feature-log-in-7`. USAGE when nothing of it can be kept. */
export function nameForGitBranch(branch: string): string {
  const name = branch
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
    .slice(0, LONGEST)
    .replace(/[^a-z0-9]+$/, '')
  if (name !== '') return name
  throw new AppError('USAGE', `the Git branch “${branch}” gives no name; say one after the service`)
}
