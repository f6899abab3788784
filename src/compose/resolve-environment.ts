import type { Note, ProjectSpec, ServiceSpec, Template } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'
import { toAtoms } from './atoms.ts'
import type { Endpoint, EndpointOf } from './endpoints.ts'
import { namesSomethingElse, portKeyOf, rewriteBare } from './rewrite-bare.ts'
import { rewriteDsn } from './rewrite-dsn.ts'
import { rewriteUrls } from './rewrite-urls.ts'
import { withoutConfig } from './template.ts'
import { configNames } from './tree.ts'

export interface EnvironmentLookup {
  /** The value of a config by name. */
  readonly config: (name: string) => string | undefined
  /** Where a managed service is reached; undefined while it does not exist. */
  readonly endpoint: (service: string) => Endpoint | undefined
}

export type ValueSource = 'compose' | 'config' | 'config (interpolated)'

export interface ResolvedEnvironment {
  /** Without the variables whose config is missing. */
  readonly values: Record<string, string>
  /** Names of config that are not set, sorted. */
  readonly missing: readonly string[]
  readonly notes: readonly Note[]
  readonly sources: Record<string, ValueSource>
}

/**
 * The variables that a service’s process gets: config put in (a config named like a variable beats its literal value), and
 * the names of managed services replaced by their endpoints. A value that is wholly config is never changed.
 */
export function resolveEnvironment(
  spec: ProjectSpec,
  service: string,
  lookup: EnvironmentLookup,
): ResolvedEnvironment {
  const { environment, at } = serviceOf(spec, service)
  const values: Record<string, string> = {}
  const sources: Record<string, ValueSource> = {}
  const missing = new Set<string>()
  const notes: Note[] = []
  const hosts: { key: string; host: string }[] = []
  const endpointOf = endpointsOf(spec, lookup)
  const overridden: string[] = []
  for (const [key, template] of Object.entries(environment)) {
    const own = lookup.config(key)
    const references = configNames(template)
    const absent = own === undefined ? references.filter((n) => lookup.config(n) === undefined) : []
    for (const name of absent) missing.add(name)
    if (own !== undefined) {
      const wholly = template.length === 1 && references[0] === key
      if (!wholly) overridden.push(key)
      sources[key] = 'config'
      values[key] = own
    } else if (absent.length > 0) {
      sources[key] = isWholly(template) ? 'config' : 'config (interpolated)'
    } else {
      sources[key] = references.length === 0 ? 'compose' : 'config (interpolated)'
      const result = rewrite(key, template, lookup, endpointOf)
      values[key] = result.value
      for (const host of result.withoutPort) hosts.push({ key, host })
      if (result.note) notes.push({ message: result.note, at })
    }
  }
  for (const { key, host } of hosts) {
    const note = replacePort(key, host, { spec, environment, values, sources, endpointOf })
    if (note) notes.push({ message: note, at })
  }
  if (overridden.length > 0) {
    const names = overridden.map((name) => JSON.stringify(name)).join(' ')
    const message = `service "${service}": environment variable(s) [${names}] overridden by config`
    notes.push({ message, at })
  }
  return { values, missing: [...missing].sort(), notes, sources }
}

/** Config that has the whole value to itself is handed on to the letter. */
function isWholly(template: Template): boolean {
  return template.length === 1 && typeof template[0] !== 'string'
}

function rewrite(
  key: string,
  template: Template,
  lookup: EnvironmentLookup,
  endpointOf: EndpointOf,
): { value: string; withoutPort: readonly string[]; note?: string } {
  // Every name was looked up before; this is only reached when all are set.
  const atoms = toAtoms(template, (name) => lookup.config(name) ?? '')
  if (isWholly(template)) return { value: atoms.fill(atoms.text), withoutPort: [] }
  const connection = rewriteUrls(atoms, endpointOf) ?? rewriteDsn(atoms, endpointOf)
  if (connection !== undefined) return { value: connection, withoutPort: [] }
  const bare = rewriteBare(key, atoms.text, endpointOf)
  if (bare) return { ...bare, value: atoms.fill(bare.value) }
  const value = atoms.fill(atoms.text)
  const endpoint = endpointOf(value)
  if (!endpoint || endpoint.host === value || namesSomethingElse(key)) {
    return { value, withoutPort: [] }
  }
  const note = `${key} is "${value}", the name of a managed service, and was left as it is: "${key}" does not say that it is a host. If it is, name it ${key}_HOST.`
  return { value, withoutPort: [], note }
}

interface PortPlace {
  readonly spec: ProjectSpec
  readonly environment: ServiceSpec['environment']
  readonly values: Record<string, string>
  readonly sources: Readonly<Record<string, ValueSource>>
  readonly endpointOf: EndpointOf
}

/** Corrects the port that stands in a variable of its own beside the host’s; a note when there is none to correct. */
function replacePort(key: string, host: string, place: PortPlace): string | undefined {
  const { spec, environment, values, sources, endpointOf } = place
  const endpoint = endpointOf(host)!
  const portKey = portKeyOf(key)
  const written = portKey === undefined ? undefined : environment[portKey]
  const expected = managedNamed(spec, host)?.managed?.port ?? 5432
  if (portKey !== undefined && written && sources[portKey] === 'compose') {
    const isPort = withoutConfig(written) === String(expected)
    if (isPort) values[portKey] = String(endpoint.port)
    return undefined
  }
  if (endpoint.port === 5432 || (portKey !== undefined && written)) return undefined
  return `${key} names "${host}", which listens on port ${endpoint.port}, and no variable says so${portKey ? `; add ${portKey}: 5432` : ''}.`
}

/** Host names compare without case, as name servers do. */
function managedNamed(spec: ProjectSpec, host: string): ServiceSpec | undefined {
  const wanted = host.toLowerCase()
  const exact = Object.hasOwn(spec.services, host) ? spec.services[host] : undefined
  const found =
    exact ?? Object.values(spec.services).find(({ name }) => name.toLowerCase() === wanted)
  return found?.managed ? found : undefined
}

function endpointsOf(spec: ProjectSpec, lookup: EnvironmentLookup): EndpointOf {
  return (host) => {
    const service = managedNamed(spec, host)
    return service && lookup.endpoint(service.name)
  }
}

function serviceOf(spec: ProjectSpec, name: string): ServiceSpec {
  const service = Object.hasOwn(spec.services, name) ? spec.services[name] : undefined
  if (service) return service
  throw new AppError('SERVICE_NOT_FOUND', `project "${spec.name}" has no service "${name}"`)
}
