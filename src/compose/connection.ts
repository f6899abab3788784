import type { ProjectSpec, Template } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import type { EnvironmentLookup } from './resolve-environment.ts'
import { configNames } from './tree.ts'

/** Who an application is, and in which database, on a managed service. */
export interface ServiceConnection {
  readonly user: string
  readonly database: string
  readonly password: string
}

/**
 * The account of a managed service with config put in. A config named POSTGRES_USER, POSTGRES_DB or POSTGRES_PASSWORD beats the
 * value of a variable of that name. Throws SERVICE_NOT_FOUND, or CONFIG_MISSING with `details.names`.
 */
export function connection(
  spec: ProjectSpec,
  service: string,
  lookup: Pick<EnvironmentLookup, 'config'>,
): ServiceConnection {
  const found = Object.hasOwn(spec.services, service) ? spec.services[service] : undefined
  const managed = found?.managed
  if (!found || !managed) {
    const message = `project "${spec.name}" has no managed service "${service}"`
    throw new AppError('SERVICE_NOT_FOUND', message)
  }
  const missing = new Set<string>()
  const fill = (key: string, template: Template): string => {
    const own = Object.hasOwn(found.environment, key) ? lookup.config(key) : undefined
    if (own !== undefined) return own
    for (const name of configNames(template)) if (!lookup.config(name)) missing.add(name)
    return template
      .map((part) => (typeof part === 'string' ? part : (lookup.config(part.config) ?? '')))
      .join('')
  }
  const user = fill('POSTGRES_USER', managed.user)
  // The official image's rule: a database that is not named is called like the user, whoever that turns out to be.
  const named =
    ['POSTGRES_DB', 'POSTGRES_DB_FILE'].some((key) => found.environment[key]?.length) ||
    (found.environment['POSTGRES_DB'] && lookup.config('POSTGRES_DB') !== undefined)
  const database = named ? fill('POSTGRES_DB', managed.database) : user
  const password = fill('POSTGRES_PASSWORD', managed.password)
  const empty = { POSTGRES_USER: user, POSTGRES_DB: database, POSTGRES_PASSWORD: password }
  if (missing.size === 0) {
    for (const [key, value] of Object.entries(empty)) if (value === '') missing.add(key)
  }
  if (missing.size > 0) {
    const names = [...missing].sort()
    const message = `service "${service}" needs config that is not set or empty: ${names.join(', ')}`
    throw new AppError('CONFIG_MISSING', message, { details: { names } })
  }
  return { user, database, password }
}
