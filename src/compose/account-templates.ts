import type { ManagedSpec, ServiceSpec, Template } from '../contract/project.ts'

/**
 * A managed service with its account as config has it: a config named POSTGRES_USER, POSTGRES_DB or POSTGRES_PASSWORD beats the
 * value of a variable of that name, as it does for every other service.
 */
export function withAccountFromConfig(
  service: ServiceSpec,
  managed: ManagedSpec,
  isSet: (config: string) => boolean,
): ManagedSpec {
  const beaten = (key: string): boolean => Object.hasOwn(service.environment, key) && isSet(key)
  const pick = (key: string, template: Template): Template =>
    beaten(key) ? [{ config: key }] : template
  const user = pick('POSTGRES_USER', managed.user)
  // The official image's rule: a database that is not named is called like the user, whoever that turns out to be.
  const named = ['POSTGRES_DB', 'POSTGRES_DB_FILE'].some((key) => service.environment[key]?.length)
  return {
    ...managed,
    user,
    database: named || beaten('POSTGRES_DB') ? pick('POSTGRES_DB', managed.database) : user,
    password: pick('POSTGRES_PASSWORD', managed.password),
  }
}
