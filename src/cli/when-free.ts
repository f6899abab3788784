import type { Operation } from '../contract/operation.ts'
import { AppError } from '../errors/app-error.ts'
import type { Context, Daemon } from './context.ts'
import { watch } from './follow.ts'

/**
 * Starts an operation; while another holds the same instances, says which, follows it to its end (however it ends)
 * and tries again. `start` is called anew each time, so that it looks at the world as the other left it.
 */
export async function whenFree<T>(
  ctx: Context,
  daemon: Daemon,
  start: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await start()
    } catch (error) {
      const other = await otherOperation(daemon, error)
      if (!other) throw error
      ctx.terminal.note(`Waiting for ${other.title} (${other.id})`)
      await watch(ctx, daemon, other)
    }
  }
}

async function otherOperation(daemon: Daemon, error: unknown): Promise<Operation | undefined> {
  if (!(error instanceof AppError) || error.code !== 'OPERATION_CONFLICT') return undefined
  const id = error.details?.['operation']
  return typeof id === 'string' ? daemon.api.getOperation({ id }) : undefined
}
