import type { Instance } from '../contract/instance.ts'
import { AppError } from '../errors/app-error.ts'
import type { Daemon } from './context.ts'

/**
 * The instance that is meant: the named one, or the only one of the project that is no copy of another. Throws INSTANCE_NOT_FOUND, or
 * INSTANCE_AMBIGUOUS with the names in `details.services`.
 */
export async function chooseInstance(
  daemon: Daemon,
  project: string,
  service: string | undefined,
): Promise<Instance> {
  if (service !== undefined) return daemon.api.getInstance({ project, service })
  const instances = await daemon.api.listInstances({ project })
  // Who names none means no copy of it: not what another took the place of, and not a branch.
  const own = instances.filter((i) => i.heldSince === undefined && i.branch === undefined)
  const [only, ...others] = own.length > 0 ? own : instances
  if (!only) throw new AppError('INSTANCE_NOT_FOUND', `project ${project} has no instance`)
  if (others.length === 0) return only
  const services = [only, ...others].map((instance) => instance.service)
  throw new AppError('INSTANCE_AMBIGUOUS', `project ${project} has ${services.join(', ')}`, {
    details: { services },
  })
}

/** Throws INSTANCE_NOT_RUNNING with the reason when clients cannot connect now. */
export function demandReady(instance: Instance): void {
  // A client wakes one that sleeps.
  if (instance.state === 'ready' || instance.state === 'suspended') return
  const reason = instance.reason ? `: ${instance.reason}` : ''
  throw new AppError(
    'INSTANCE_NOT_RUNNING',
    `${instance.project}/${instance.service} is ${instance.state}${reason}`,
    { details: { state: instance.state } },
  )
}
