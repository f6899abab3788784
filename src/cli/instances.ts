import type { Instance } from '../contract/instance.ts'
import { AppError } from '../errors/app-error.ts'
import type { Context, Daemon } from './context.ts'

/**
 * The instance that is meant: the named one; else the only one of the project that is no copy of another; else the only
 * one that compose names. Throws INSTANCE_NOT_FOUND, or INSTANCE_AMBIGUOUS with the names in `details.services`.
 */
export async function chooseInstance(
  ctx: Context,
  daemon: Daemon,
  service: string | undefined,
): Promise<Instance> {
  const project = await ctx.projectName()
  if (service !== undefined) return daemon.api.getInstance({ project, service })
  const instances = await daemon.api.listInstances({ project })
  // Who names none means no copy of it: not what another took the place of, and not a branch.
  const own = instances.filter((i) => i.heldSince === undefined && i.branch === undefined)
  const candidates = own.length > 0 ? own : instances
  const [only, ...others] = candidates
  if (!only) throw new AppError('INSTANCE_NOT_FOUND', `project ${project} has no instance`)
  if (others.length === 0) return only
  const inCompose = await namesInCompose(ctx)
  const [declared, ...more] = candidates.filter((i) => inCompose.has(i.service))
  if (declared && more.length === 0) return declared
  const services = candidates.map((instance) => instance.service)
  throw new AppError('INSTANCE_AMBIGUOUS', `project ${project} has ${services.join(', ')}`, {
    details: { services },
    hint: 'Say which one you mean: give its name to the same command.',
  })
}

/** The managed services of the compose files here; none where there are no readable ones, as with -p in another folder. */
async function namesInCompose(ctx: Context): Promise<Set<string>> {
  try {
    const { services } = await ctx.project()
    return new Set(Object.values(services).flatMap((s) => (s.managed ? [s.name] : [])))
  } catch (error) {
    const { code } = AppError.from(error)
    if (code !== 'COMPOSE_NOT_FOUND' && code !== 'COMPOSE_INVALID') throw error
    return new Set()
  }
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
