import { parseJoinToken } from '../../core/host/join-token.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context } from '../context.ts'
import { askSecret } from '../prompt.ts'

/** The token that was given, one way or another. USAGE for none, and for what is none. */
export async function readJoinToken(ctx: Context, given: string | undefined): Promise<string> {
  const token = (given ?? ctx.env['HOWDAH_JOIN_TOKEN'] ?? (await asked(ctx))).trim()
  if (!token) {
    throw new AppError('USAGE', 'no token was given', {
      hint: 'Make one on a host of the cluster with `howdah host token`; give it as the argument, in HOWDAH_JOIN_TOKEN, or on stdin.',
    })
  }
  parseJoinToken(token)
  return token
}

async function asked(ctx: Context): Promise<string> {
  if (ctx.interactive) {
    return askSecret(ctx, { message: 'Token of `howdah host token`', flag: 'HOWDAH_JOIN_TOKEN' })
  }
  let text = ''
  for await (const part of ctx.stdin) text += part.toString()
  return text
}
