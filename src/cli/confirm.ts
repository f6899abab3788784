import { AppError } from '../errors/app-error.ts'
import type { Context } from './context.ts'
import { askYesNo } from './prompt.ts'

/** Asks; anything but yes is CONFIRMATION_REQUIRED and nothing happens. `--yes` is the way to answer before. */
export async function confirm(ctx: Context, message: string): Promise<void> {
  if (await askYesNo(ctx, { message, flag: '--yes', initial: false })) return
  throw new AppError('CONFIRMATION_REQUIRED', 'not confirmed; nothing was changed')
}
