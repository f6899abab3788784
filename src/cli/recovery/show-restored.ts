import type { Operation } from '../../contract/operation.ts'
import type { RestorePlan } from '../../contract/restore.ts'
import { connectionUrl, masked } from '../connection/formats.ts'
import type { Context, Daemon } from '../context.ts'
import { operationTook } from '../output/operation-line.ts'
import { targetText } from './plan-text.ts'

/** The last words of a restore: what there is now, how to connect, and how to go back. */
export async function showRestored(
  ctx: Context,
  daemon: Daemon,
  plan: RestorePlan,
  operation: Operation,
): Promise<void> {
  if (ctx.json) {
    ctx.terminal.json(operation)
    return
  }
  const { print, note } = ctx.terminal
  const { project, service, keptAs } = operation.output as Outcome
  const took = operationTook(operation, Date.now())
  const { of } = plan
  const name = `${of.project}/${of.service}`
  const to = targetText(plan, Date.now())
  // An undeleted instance has the name that it had.
  const isBack = keptAs === undefined && service === of.service && project === of.project
  const place = keptAs === undefined ? `as ${project}/${service}` : 'in place'
  print(
    isBack
      ? `${name} is back, as of ${to}, in ${took}`
      : `Restored ${name} to ${to}, ${place}, in ${took}`,
  )
  print(connectionUrl(masked(await daemon.api.getConnection({ project, service }))))
  if (keptAs === undefined) return
  print(`The state before is kept, stopped, as ${keptAs}.`)
  note(`  Put it back with: howdah -p ${project} swap ${service} ${keptAs}`)
  note(`  Remove it with:   howdah -p ${project} down ${keptAs}`)
}

/** What the operation gives; `keptAs` only after one in place. */
interface Outcome {
  readonly project: string
  readonly service: string
  readonly keptAs?: string
}
