import type { BranchPlan } from '../../contract/branch-plan.ts'
import type { Operation } from '../../contract/operation.ts'
import { connectionUrl, masked } from '../connection/formats.ts'
import type { Context, Daemon } from '../context.ts'
import { moment } from '../output/moment.ts'
import { operationTook } from '../output/operation-line.ts'
import { momentText } from './plan-text.ts'

/** What the operation gives. */
interface Outcome {
  readonly project: string
  readonly service: string
  readonly closedRoles: readonly string[]
}

/** The last words of a branch that was made: what it is, how to connect, who cannot, and when it goes. */
export async function showBranch(
  ctx: Context,
  daemon: Daemon,
  plan: BranchPlan,
  operation: Operation,
): Promise<void> {
  const { project, service, closedRoles } = operation.output as Outcome
  if (ctx.json) {
    ctx.terminal.json({ operation, instance: await daemon.api.getInstance({ project, service }) })
    return
  }
  const { print, note } = ctx.terminal
  const took = operationTook(operation, Date.now())
  print(`Branch ${service} of ${plan.of}, ${momentText(plan)}, in ${took}`)
  print(connectionUrl(masked(await daemon.api.getConnection({ project, service }))))
  note(`The password is shown by: howdah -p ${project} url ${service} --reveal`)
  const { branch } = await daemon.api.getInstance({ project, service })
  if (branch?.expiresAt) {
    const at = moment(branch.expiresAt)
    note(`It goes by itself at ${at}; \`howdah branch keep ${service}\` keeps it.`)
  }
  if (closedRoles.length > 0) {
    note(
      `These roles have no password here and cannot log in: ${closedRoles.join(', ')}. Give them one with --seed, or make it with --password parent.`,
    )
  }
}
