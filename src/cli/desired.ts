import { withAccountFromConfig } from '../compose/account-templates.ts'
import type { DesiredProject } from '../contract/desired.ts'
import type { Mode } from '../contract/instance.ts'
import type { ManagedSpec, ProjectSpec } from '../contract/project.ts'
import { AppError } from '../errors/app-error.ts'

interface DesiredOptions {
  /** What the command line says; beats what compose says. */
  readonly mode: Mode | undefined
  readonly allowMissingExtensions: boolean
  /** The names that `howdah config` has. */
  readonly config: ReadonlySet<string>
}

/** What the daemon is told of a project: its managed services only. Throws COMPOSE_INVALID when there is none. */
export function desiredProject(spec: ProjectSpec, options: DesiredOptions): DesiredProject {
  const services: Record<string, ManagedSpec> = {}
  for (const service of Object.values(spec.services)) {
    const { name, managed } = service
    const isSet = (config: string): boolean => options.config.has(config)
    if (managed) services[name] = withAccountFromConfig(service, managed, isSet)
  }
  const mode = options.mode ?? spec.mode
  if (Object.keys(services).length === 0) {
    throw new AppError('COMPOSE_INVALID', `no service of ${spec.name} is marked as managed`, {
      hint: 'Add `x-howdah-postgres: true` to your Postgres service; --profile switches on what a profile hides.',
      details: { files: spec.files },
    })
  }
  return {
    project: spec.name,
    directory: spec.directory,
    services,
    notes: spec.notes,
    ...(mode ? { mode } : {}),
    allowMissingExtensions: options.allowMissingExtensions,
  }
}
