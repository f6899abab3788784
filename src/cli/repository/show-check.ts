import type { RepositoryCheck } from '../../contract/repository.ts'
import { catalog } from '../../errors/catalog.ts'
import type { Context } from '../context.ts'

/** Tells what came of a check; gives the exit status. With --json the caller has printed it. */
export function showCheck(ctx: Context, { ok, sentence }: RepositoryCheck): number {
  if (!ctx.json && ok) ctx.terminal.print(sentence)
  if (!ctx.json && !ok) ctx.terminal.warn(sentence)
  return ok ? 0 : catalog.REPOSITORY_UNREACHABLE.exit
}
