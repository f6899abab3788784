import type { Lookup } from './template.ts'
import { textsOf } from './fields.ts'
import { child, type Mapping } from './tree.ts'

/** Active whatever else is: what only a managed run wants can be put behind either. The first is Defang's own. */
const always = ['defang', 'howdah']

/** The active profiles: those asked for, else COMPOSE_PROFILES (a comma list). `*` is all of them. */
export function activeProfiles(asked: readonly string[], lookup: Lookup): ReadonlySet<string> {
  const fallback = (lookup('COMPOSE_PROFILES') ?? '').split(',')
  const chosen = asked.length > 0 ? asked : fallback
  return new Set([...chosen.map((name) => name.trim()).filter(Boolean), ...always])
}

/** A service without profiles always is; one with profiles is when one of them is active. */
export function isActive(service: Mapping, active: ReadonlySet<string>): boolean {
  const profiles = profilesOf(service)
  return profiles.length === 0 || active.has('*') || profiles.some((name) => active.has(name))
}

export function profilesOf(service: Mapping): string[] {
  return textsOf(child(service, 'profiles')).map((profile) => profile.text)
}
