import type { RestorePlan, RestoreWanted } from '../../contract/restore.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'
import { follow } from '../follow.ts'
import { wrap } from '../output/wrap.ts'
import { askChoice, askText, askYesNo } from '../prompt.ts'
import { whenFree } from '../when-free.ts'
import { restorePlanText } from './plan-text.ts'
import { refuseComposeName } from './refuse-compose-name.ts'
import { sayBegun } from './say-begun.ts'
import { showRestored } from './show-restored.ts'

interface Options {
  readonly dryRun: boolean
  readonly yes: boolean
  readonly detach: boolean
}

/** `restore` and `undelete`: plan, show, ask what is not said, perform, say how to go on and how to go back. */
export async function runRestore(
  ctx: Context,
  asked: RestoreWanted,
  { dryRun, yes, detach }: Options,
): Promise<void> {
  await refuseComposeName(ctx, asked.as)
  const daemon = await ctx.daemon()
  const planned = await daemon.api.planRestore(asked)
  const { print, json, note } = ctx.terminal
  if (dryRun) {
    if (ctx.json) json(planned)
    else print(restorePlanText(planned, Date.now()))
    return
  }
  const wanted =
    asked.inPlace || asked.as !== undefined ? asked : await askWhere(ctx, asked, planned)
  const plan = wanted === asked ? planned : await daemon.api.planRestore(wanted)
  if (!ctx.json) note(restorePlanText(plan, Date.now()))
  if (wanted.inPlace && !yes) await confirmInPlace(ctx, wanted)
  const started = await whenFree(ctx, daemon, () => daemon.api.restore(wanted))
  if (detach) sayBegun(ctx, started)
  else await showRestored(ctx, daemon, plan, await follow(ctx, daemon, started))
}

/** Off a terminal this must be said: the one leaves the present state alone, the other does not. */
async function askWhere(
  ctx: Context,
  asked: RestoreWanted,
  plan: RestorePlan,
): Promise<RestoreWanted> {
  const service = asked.service ?? plan.of.service
  if (!ctx.interactive) {
    throw new AppError('USAGE', 'say what the restored state is to become: --as or --in-place', {
      hint:
        `\`--as NEW\` makes a new instance of it beside “${service}”, which is left alone. \`--in-place\` gives it to “${service}” ` +
        'and keeps the present state under another name. `--dry-run` only shows what would be done.',
    })
  }
  ctx.terminal.note(restorePlanText(plan, Date.now()))
  const where = await askChoice(ctx, {
    message: 'What is the restored state to become?',
    flag: '--as or --in-place',
    options: [
      { value: 'new', label: `a new instance; ${service} is left alone` },
      {
        value: 'in-place',
        label: `the new ${service}; its present state is kept under another name`,
      },
    ],
  })
  if (where === 'in-place') return { ...asked, service, inPlace: true }
  const initial = `${service}-restored`
  const as = await askText(ctx, { message: 'Its service name:', flag: '--as', initial })
  await refuseComposeName(ctx, as)
  return { ...asked, as }
}

/** Nothing is lost by it, but clients are cut off once and see older data from then on. */
async function confirmInPlace(ctx: Context, { service = '' }: RestoreWanted): Promise<void> {
  const { note } = ctx.terminal
  const kept = `${service}-before-DATE-TIME`
  note(
    wrap(
      `What happens: ${service} goes on until the restored state is ready. Then clients lose their connections for a moment and find the restored state at the same address. What was committed after that moment is not in it; it is kept, stopped, as ${kept}.`,
      80,
    ),
  )
  note(`  Put it back with: howdah swap ${service} ${kept}`)
  const question = { message: 'Go on?', flag: '--yes', initial: false }
  if (await askYesNo(ctx, question)) return
  throw new AppError('CONFIRMATION_REQUIRED', 'not confirmed; nothing was changed')
}
