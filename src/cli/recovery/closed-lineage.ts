import type { LineageStatus } from '../../contract/lineage-status.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Daemon } from '../context.ts'
import { moment } from '../output/moment.ts'
import { windowText } from './window-text.ts'

/**
 * The history of the removed instance of that name. Throws LINEAGE_NOT_FOUND when none is kept, LINEAGE_AMBIGUOUS with all
 * of them when several instances had the name, the newest data first: that is not always what is missed.
 */
export async function closedLineage(
  daemon: Daemon,
  project: string,
  service: string,
): Promise<LineageStatus> {
  const lineages = await daemon.api.listLineages({ project, service })
  const closed = lineages
    .filter((l) => l.state === 'closed' && l.backups > 0 && !wentOn(l, lineages))
    .toSorted(byNewestData)
  const [newest, ...older] = closed
  if (!newest) throw notFound(project, service, lineages)
  if (older.length === 0) return newest
  const lines = closed.map(
    (l) => `  ${l.id}  removed ${moment(l.closedAt ?? l.createdAt)}, ${windowText(l.window)}`,
  )
  const message = `several instances of ${project} were called “${service}”, the one with the newest data first:\n${lines.join('\n')}`
  throw new AppError('LINEAGE_AMBIGUOUS', message, {
    details: { lineages: closed.map((l) => l.id) },
    hint: `Name the one that you mean: howdah -p ${project} undelete ${service} --lineage ${newest.id}`,
  })
}

/** What was imported was closed by the import, whenever its instance ended; so that counts only between equals. */
const byNewestData = (a: LineageStatus, b: LineageStatus): number =>
  (b.window.latest ?? '').localeCompare(a.window.latest ?? '') ||
  (b.closedAt ?? '').localeCompare(a.closedAt ?? '')

/** Whether its instance went on with another history, which is the one that it ended with. */
const wentOn = ({ id }: LineageStatus, all: readonly LineageStatus[]): boolean =>
  all.some(({ parent, state, backups }) => {
    const isNext = parent?.lineage === id && (parent.how === 'renewal' || parent.how === 'fork')
    return isNext && (state === 'open' || backups > 0)
  })

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
