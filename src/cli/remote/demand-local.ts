import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'

/** For what only the machine itself can do: NOT_SUPPORTED when the command is for another machine's daemon. */
export async function demandLocal(ctx: Context): Promise<void> {
  const there = await ctx.remote()
  if (!there) return
  throw new AppError(
    'NOT_SUPPORTED',
    `this concerns the daemon of this machine, and commands go to “${there.name}” (${there.url}) now`,
    { hint: 'Add `--context local` for this machine’s, or run it on the other one.' },
  )
}
