import type { Plan } from '../../contract/plan.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'
import { askYesNo } from '../prompt.ts'

/**
 * Asks before clients lose their connections or data. Nothing and a reload need no asking. Off a terminal --yes is
 * needed; a no is CONFIRMATION_REQUIRED. A service with `allow-downtime: true` was asked in its compose file.
 */
export async function confirmImpact(
  ctx: Context,
  plan: Plan,
  { yes, allowsDowntime }: { yes: boolean; allowsDowntime: (service: string) => boolean },
): Promise<void> {
  const harsh = plan.actions.filter(
    ({ impact, service }) =>
      impact === 'destroy' || (impact === 'restart' && !(service && allowsDowntime(service))),
  )
  if (harsh.length === 0 || yes) return
  if (!ctx.interactive) {
    const sentences = harsh.map((action) => action.sentence).join('; ')
    throw new AppError('CONFIRMATION_REQUIRED', `clients would be hit: ${sentences}`, {
      hint: 'Say `howdah up --yes` if that is all right now; nothing was changed.',
    })
  }
  const message = harsh.some(({ impact }) => impact === 'destroy')
    ? 'Data will be destroyed. Go on?'
    : 'Clients will lose their connections for a moment. Go on?'
  if (await askYesNo(ctx, { message, flag: '--yes', initial: false })) return
  throw new AppError('CONFIRMATION_REQUIRED', 'not confirmed; nothing was changed')
}
