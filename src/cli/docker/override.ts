import type { Instance } from '../../contract/instance.ts'
import type { ProjectSpec } from '../../contract/project.ts'
import {
  type ClientService,
  composeOverride,
  type ForwardedService,
} from '../../core/config/compose-override.ts'
import { AppError } from '../../errors/app-error.ts'

export const reaches = ['relay', 'gateway'] as const
export type Reach = (typeof reaches)[number]

/** An official image on Alpine, whose BusyBox has wget; a long-term branch, so that it gets security fixes. */
export const defaultForwarderImage = 'haproxy:3.2-alpine'

/** Docker runs beside us on Linux, and in a virtual machine elsewhere. */
export const defaultReach = (platform: NodeJS.Platform): Reach =>
  platform === 'linux' ? 'relay' : 'gateway'

interface Options {
  readonly clients: readonly ClientService[]
  readonly forwarderImage: string
  readonly reach: Reach
}

/** The override for a project and its instances. Throws INSTANCE_NOT_FOUND for a managed service that is not up. */
export function overrideFor(
  spec: ProjectSpec,
  instances: readonly Instance[],
  options: Options,
): string {
  const managed = Object.values(spec.services).filter((service) => service.managed)
  const missing = managed.filter(({ name }) => !instances.some((one) => one.service === name))
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ')
    throw new AppError('INSTANCE_NOT_FOUND', `project ${spec.name} has no instance for ${names}`, {
      hint: 'Make it with `howdah up`.',
    })
  }
  const forwarded = managed.flatMap(({ name, managed }): ForwardedService[] =>
    instances
      .filter((instance) => instance.service === name)
      .map(({ endpoint }) => ({ name, port: managed?.port ?? 5432, endpoint })),
  )
  const [first] = instances
  return composeOverride({ ...options, forwarded, caFile: first?.caFile ?? '' })
}
