import type { LineageStatus } from '../../contract/lineage-status.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'

/** The lineage that an instance writes now. Throws LINEAGE_NOT_FOUND for one that keeps no backups yet. */
export async function lineageOfInstance(
  daemon: Daemon,
  project: string,
  service: string,
): Promise<LineageStatus> {
  const lineages = await daemon.api.listLineages({ project })
  const found = lineages.find((l) => l.writtenBy === service)
  if (found) return found
  throw new AppError('LINEAGE_NOT_FOUND', `${project}/${service} keeps no backups yet`, {
    hint: 'It was made by an earlier version: `howdah up` begins to archive it, with one restart.',
  })
}
