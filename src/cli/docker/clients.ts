import { resolveEnvironment } from '../../compose/resolve-environment.ts'
import type { ProjectSpec, ServiceSpec } from '../../contract/project.ts'
import { type ClientService, caFileInContainer } from '../../core/config/compose-override.ts'

/** The services without a managed database of their own that name one, in their environment or in `depends_on`. */
export function clientServices(spec: ProjectSpec): ServiceSpec[] {
  const managed = Object.values(spec.services).filter((service) => service.managed)
  return Object.values(spec.services).filter(
    (service) => !service.managed && managed.some(({ name }) => names(service, name)),
  )
}

/** Without a value in it: Docker Compose resolves the environment, and we add where the CA is. */
export function clientsWithoutSecrets(spec: ProjectSpec): ClientService[] {
  return clientServices(spec).map((service) => ({
    name: service.name,
    environment: caVariable(service),
  }))
}

/**
 * Every variable that config goes into, resolved as `howdah run` would, but with host names and ports left as they are
 * inside Docker. Gives the names of config that is not set beside it.
 */
export function clientsWithSecrets(
  spec: ProjectSpec,
  config: Readonly<Record<string, string>>,
): { clients: ClientService[]; missing: string[] } {
  const missing = new Set<string>()
  const connected = new Set(clientServices(spec).map(({ name }) => name))
  const clients = Object.values(spec.services)
    .filter((service) => !service.managed)
    .map((service): ClientService => {
      const resolved = resolveEnvironment(spec, service.name, {
        config: (name) => config[name],
        endpoint: (name) => ({ host: name, port: spec.services[name]?.managed?.port ?? 5432 }),
      })
      for (const name of resolved.missing) missing.add(name)
      const secret = Object.entries(resolved.values).filter(
        ([name]) => resolved.sources[name] !== 'compose',
      )
      const ca = connected.has(service.name) ? caVariable(service) : {}
      return { name: service.name, environment: { ...ca, ...Object.fromEntries(secret) } }
    })
    .filter(({ name, environment }) => connected.has(name) || Object.keys(environment).length > 0)
  return { clients, missing: [...missing].sort() }
}

/** libpq and what stands on it read this; a service that says its own keeps it. */
const caVariable = (service: ServiceSpec): Record<string, string> =>
  Object.hasOwn(service.environment, 'PGSSLROOTCERT') ? {} : { PGSSLROOTCERT: caFileInContainer }

function names(service: ServiceSpec, managed: string): boolean {
  if (Object.hasOwn(service.dependsOn, managed)) return true
  const host = new RegExp(`(?<![\\w.-])${managed.replaceAll('.', '\\.')}(?![\\w.-])`, 'i')
  return Object.values(service.environment).some((template) =>
    host.test(template.map((piece) => (typeof piece === 'string' ? piece : '\0')).join('')),
  )
}
