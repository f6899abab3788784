import type { DesiredProject } from '../../contract/desired.ts'
import type { Operation } from '../../contract/operation.ts'
import type { Plan } from '../../contract/plan.ts'
import type { Context, Daemon } from '../context.ts'
import { desiredProject } from '../desired.ts'
import { follow } from '../follow.ts'
import { parseMode } from '../mode.ts'
import { planText } from '../output/plan-text.ts'
import { waitReady } from '../wait-ready.ts'
import { whenFree } from '../when-free.ts'
import { confirmImpact } from './confirm-impact.ts'
import { demandConfig } from './demand-config.ts'
import type { UpFlags } from './flags.ts'
import { showUp } from './show-up.ts'

/** `up` and `plan`: read, check what is missing, plan, show, ask where clients are hit, perform, say what came of it. */
export async function runUp(ctx: Context, flags: UpFlags): Promise<void> {
  const mode = flags.mode === undefined ? undefined : parseMode(flags.mode)
  const spec = await ctx.project()
  const daemon = await ctx.daemon()
  const config = await demandConfig(daemon, spec)
  const { allowMissingExtensions } = flags
  const desired = desiredProject(spec, { mode, allowMissingExtensions, config })
  if (flags.plan) {
    showPlan(ctx, await daemon.api.planProject(desired))
    return
  }
  const { plan, operation } = await begin(ctx, daemon, desired, flags.yes)
  const finished = operation && !flags.detach ? await follow(ctx, daemon, operation) : operation
  const services = Object.keys(desired.services)
  if (flags.wait && !flags.detach) await waitReady(daemon, spec.name, services)
  await showUp(ctx, daemon, { spec, plan, operation: finished, detached: flags.detach })
}

/** Plans and starts; when another operation had to be waited for, plans anew, for it has changed the world. */
async function begin(
  ctx: Context,
  daemon: Daemon,
  desired: DesiredProject,
  yes: boolean,
): Promise<{ plan: Plan; operation: Operation | undefined }> {
  return whenFree(ctx, daemon, async () => {
    const plan = await daemon.api.planProject(desired)
    if (plan.actions.length === 0) return { plan, operation: undefined }
    if (!ctx.json) ctx.terminal.note(planText(plan, ctx.terminal.noteColour))
    await confirmImpact(ctx, plan, {
      yes,
      allowsDowntime: (service) => desired.services[service]?.allowDowntime ?? false,
    })
    return { plan, operation: await daemon.api.upProject(desired) }
  })
}

function showPlan(ctx: Context, plan: Plan): void {
  if (ctx.json) ctx.terminal.json(plan)
  else ctx.terminal.print(planText(plan, ctx.terminal.colour))
}
