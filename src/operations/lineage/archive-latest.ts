import type { RecoveryTarget } from '../../contract/target.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { memberOf } from '../members.ts'
import type { StepContext } from '../procedure.ts'
import { archiveNow } from './archive-now.ts'
import { instanceOfLineage } from './instance-of.ts'
import { lineageById } from './lineage-of.ts'

/**
 * Before a restore: the newest moments may not be in the archive yet, and a running server can hand them over at once. Where it does not, a
 * restore to a moment goes on with what is archived, for trouble is when people restore; only one to the newest moment ends here,
 * with the reason: it would come out older than anybody expects. So does one to a time of which the archive has another history.
 */
export async function archiveLatest(
  d: Dependencies,
  id: string,
  target: RecoveryTarget,
  s: StepContext,
): Promise<void> {
  const lineage = await lineageById(d, id)
  const instance = await instanceOfLineage(d, id)
  const { project, service } = instance ?? lineage
  const state = instance && (await d.documents.observed.get(project, service, '0'))?.value.state
  if (state !== 'ready' || target.kind === 'backup') return
  const archive = (await d.documents.archives.get(id))?.value
  if (target.kind === 'time' && archive?.lastCommitAt && target.at < archive.lastCommitAt) return
  try {
    await archiveNow(d, lineage, await memberOf(d, project, service), s)
  } catch (error) {
    s.signal.throwIfAborted()
    const { code, message } = AppError.from(error)
    const isOther = target.kind === 'time' && code === 'LINEAGE_FORKED'
    if (target.kind === 'latest' || isOther) throw error
    s.report(`goes on with what is archived: ${message}`)
  }
}
