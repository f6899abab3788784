import type { Operation } from '../../contract/operation.ts'
import type { ActionKind, Plan } from '../../contract/plan.ts'
import type { ProjectSpec } from '../../contract/project.ts'
import type { Instance } from '../../contract/instance.ts'
import type { z } from 'zod'
import { connectionUrl, mask } from '../connection/formats.ts'
import type { Context, Daemon } from '../context.ts'
import { operationTook } from '../output/operation-line.ts'

interface Outcome {
  readonly spec: ProjectSpec
  readonly plan: Plan
  /** Undefined when there was nothing to do. */
  readonly operation: Operation | undefined
  readonly detached: boolean
}

/** The last words of `up`: what was made of each instance, how long it took, how to connect, what to do next. */
export async function showUp(ctx: Context, daemon: Daemon, outcome: Outcome): Promise<void> {
  const { spec, plan, operation, detached } = outcome
  if (detached && operation) {
    if (ctx.json) ctx.terminal.json({ plan, operation, instances: [] })
    else ctx.terminal.print(`${operation.title} has begun: ${operation.id}`)
    ctx.terminal.note(`Follow it with: howdah ops tail ${operation.id}`)
    return
  }
  const all = await daemon.api.listInstances({ project: spec.name })
  const instances = all.filter(({ service }) => spec.services[service]?.managed)
  if (ctx.json) {
    ctx.terminal.json({ plan, operation: operation ?? null, instances })
    return
  }
  const { print, colour } = ctx.terminal
  const head = operation
    ? `${spec.name} is up in ${operationTook(operation, Date.now())}`
    : `${spec.name} is up to date`
  print(colour.bold(head))
  for (const instance of instances) {
    const what = operation ? whatHappened(plan, instance.service) : instance.state
    print(`  ${colour.good(instance.service)}  Postgres ${instance.version}, ${what}`)
    print(`  ${hiddenUrl(instance)}`)
    if (instance.reason) print(`  ${colour.bad(instance.reason)}`)
  }
  print(`Next: ${nextCommands(spec, instances).join('\n      ')}`)
}

const hiddenUrl = (instance: Instance): string => connectionUrl({ ...instance, password: mask })

const words: Readonly<Record<z.output<typeof ActionKind>, string>> = {
  'install-engine': 'engine fetched',
  'create-instance': 'created',
  'restore-instance': 'restored from a snapshot',
  'create-branch': 'branched',
  'start-instance': 'started',
  'change-settings': 'settings changed',
  'change-engine': 'engine changed',
  'change-password': 'password changed',
  'create-database': 'database created',
  'change-endpoint': 'endpoint changed',
  'change-backups': 'backups changed',
  'start-archiving': 'backups begun',
  'renew-lineage': 'new backup history begun',
  'change-offsite': 'off-site copy changed',
  'remember-mode': 'mode remembered',
}

function whatHappened(plan: Plan, service: string): string {
  const kinds = plan.actions.filter((action) => action.service === service).map(({ kind }) => kind)
  const done = [...new Set(kinds)].map((kind) => words[kind])
  return done.length > 0 ? done.join(', ') : 'unchanged'
}

/** Two commands that are of use now, with the service named only where it must be. */
export function nextCommands(
  spec: ProjectSpec,
  instances: readonly Pick<Instance, 'service'>[],
): string[] {
  const [first] = instances
  const several = instances.length > 1 && first ? ` ${first.service}` : ''
  const dependant = Object.values(spec.services).find(
    (service) =>
      !service.managed &&
      Object.keys(service.dependsOn).some((name) => spec.services[name]?.managed),
  )
  const second = dependant
    ? `howdah run ${dependant.name} -- COMMAND`
    : `howdah url${several} --reveal`
  return [`howdah psql${several}`, second]
}
