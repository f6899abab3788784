import type { Location, ProjectSpec, Template } from '../contract/project.ts'
import { configNames } from './tree.ts'

export interface RequiredConfig {
  readonly name: string
  readonly neededBy: readonly ConfigUse[]
}

export interface ConfigUse {
  readonly service: string
  /** The variable whose value is, or contains, the config. */
  readonly key: string
  /** Where the service is written. */
  readonly at: Location
}

/** Every config that a project’s services need, by name, with what needs it. */
export function requiredConfig(spec: ProjectSpec): RequiredConfig[] {
  const needed = new Map<string, ConfigUse[]>()
  for (const { name: service, environment, managed, at } of Object.values(spec.services)) {
    const keys = new Map<string, Template>(Object.entries(environment))
    if (managed) {
      keys.set('POSTGRES_USER', managed.user)
      keys.set('POSTGRES_PASSWORD', managed.password)
      // A database that is not named is called like the user, and needs nothing of its own.
      if (keys.has('POSTGRES_DB') || keys.has('POSTGRES_DB_FILE')) {
        keys.set('POSTGRES_DB', managed.database)
      }
    }
    for (const [key, template] of keys) {
      for (const name of new Set(configNames(template))) {
        needed.set(name, [...(needed.get(name) ?? []), { service, key, at }])
      }
    }
  }
  return [...needed]
    .map(([name, neededBy]) => ({ name, neededBy }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
