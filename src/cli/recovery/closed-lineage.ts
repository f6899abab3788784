import type { LineageStatus } from '../../contract/lineage-status.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'
import { moment } from '../output/moment.ts'
import { windowText } from './window-text.ts'

/**
 * The history of the removed instance of that name. Throws LINEAGE_NOT_FOUND when none is kept, LINEAGE_AMBIGUOUS with all
 * of them when several instances had the name: the newest is not always the one that is missed.
 */
export async function closedLineage(
  daemon: Daemon,
  project: string,
  service: string,
): Promise<LineageStatus> {
  const lineages = await daemon.api.listLineages({ project, service })
  const closed = lineages
    .filter((l) => l.state === 'closed' && l.backups > 0)
    .toSorted((a, b) => (b.closedAt ?? '').localeCompare(a.closedAt ?? ''))
  const [newest, ...older] = closed
  if (!newest) throw notFound(project, service, lineages)
  if (older.length === 0) return newest
  const lines = closed.map(
    (l) => `  ${l.id}  removed ${moment(l.closedAt ?? l.createdAt)}, ${windowText(l.window)}`,
  )
  const message = `several instances of ${project} were called “${service}”, the newest first:\n${lines.join('\n')}`
  throw new AppError('LINEAGE_AMBIGUOUS', message, {
    details: { lineages: closed.map((l) => l.id) },
    hint: `Name the one that you mean: howdah -p ${project} undelete ${service} --lineage ${newest.id}`,
  })
}

function notFound(project: string, service: string, lineages: readonly LineageStatus[]): AppError {
  const isThere = lineages.some((l) => l.writtenBy === service)
  if (isThere) {
    return new AppError('LINEAGE_NOT_FOUND', `${project}/${service} is not removed`, {
      hint: `To bring an earlier moment of it back: \`howdah -p ${project} restore ${service} --to MOMENT\`.`,
    })
  }
  const message = `no backup history of a removed ${project}/${service} is kept`
  return new AppError('LINEAGE_NOT_FOUND', message, {
    hint: 'List the histories with `howdah lineage ls --all`, and final snapshots with `howdah snapshot ls --all`.',
  })
}
