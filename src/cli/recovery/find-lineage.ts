import type { LineageStatus } from '../../contract/lineage-status.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Context, Daemon } from '../context.ts'

/**
 * The lineage of that id, of any project, else the one that the service of that name writes now. Throws
 * LINEAGE_NOT_FOUND.
 */
export async function findLineage(
  ctx: Context,
  daemon: Daemon,
  key: string,
): Promise<LineageStatus> {
  const all = await daemon.api.listLineages({})
  const byId = all.find(({ id }) => id === key)
  if (byId) return byId
  const written = all.filter(({ writtenBy }) => writtenBy === key)
  if (written.length > 0) {
    const project = await ctx.projectName()
    const own = written.find((lineage) => lineage.project === project)
    if (own) return own
  }
  throw new AppError('LINEAGE_NOT_FOUND', `there is no lineage “${key}”`)
}
