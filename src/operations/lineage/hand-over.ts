import type { LeftWal } from '../../backups/backup-engine.ts'
import type { Archive } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { describeBytes } from '../../core/describe-bytes.ts'
import { describeSpan } from '../../core/describe-span.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from './backups-of.ts'

export interface HandedOver {
  /** What is there now; unset when nobody can tell. */
  readonly archive: Archive | undefined
  /** What goes with the data and is in no archive, a sentence. */
  readonly lost?: string
}

/**
 * Brings what a stopped server wrote last into the archive, ours where the server did not, before its data go. Throws
 * WAL_UNARCHIVED with what would be lost when it cannot, unless that is accepted; of an instance that nobody ever
 * could write to, nothing is, and without a base backup WAL is of no use.
 */
export async function handOver(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
  { acceptLoss }: { acceptLoss: boolean },
): Promise<HandedOver> {
  const { archive, left } = await archiveAll(d, lineage, member)
  const wasOpen = lineage.recipe.sealedPassword !== ''
  const isOfUse = (await backupsOf(d, lineage.id)).some(({ damage }) => damage === undefined)
  if (!left || !wasOpen || !isOfUse) return { archive }
  const known = archive ?? (await d.documents.archives.get(lineage.id))?.value
  const lost = lossOf(left, known?.completeUntil ?? known?.lastCommitAt)
  if (acceptLoss) return { archive, lost }
  const { project, service } = member
  throw new AppError('WAL_UNARCHIVED', `“${service}” is not removed: ${lost}`, {
    details: { ...left, completeUntil: known?.completeUntil, reason: left.reason },
    hint: `Nothing was removed. Mend what is in the way and try again; or accept that loss: \`howdah -p ${project} down ${service} --no-snapshot --accept-loss\`.`,
  })
}

/** A server that ended in order and has nothing waiting has handed over all; any other one's files are looked through. */
async function archiveAll(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
): Promise<{ archive?: Archive | undefined; left?: LeftWal }> {
  const engine = d.backups.of(lineage)
  const inOrder = await d.driver.endedInOrder(member)
  try {
    const archive = await engine.archive(lineage, member)
    const { completeUntil, checkedAt, backlog } = archive
    if (inOrder && backlog.segments === 0 && completeUntil === checkedAt) return { archive }
  } catch (error) {
    // What is left on the server's disk is found out next, and tells why.
    if (!(error instanceof AppError)) throw error
  }
  const rest = await engine.archiveRest(lineage, member)
  if (rest.left) return rest
  // Seen beside a server that ended in order the archive says more: nothing is missing behind its last commit.
  return { archive: inOrder ? await engine.archive(lineage, member) : rest.archive }
}

/** `2 WAL files (17 MiB) are in no archive: what was committed after … (3m of it) goes with its data, because …`. */
function lossOf(
  { segments, bytes, writtenAt, reason }: LeftWal,
  since: string | undefined,
): string {
  const files = segments.length === 1 ? '1 WAL file' : `${segments.length || 'unknown'} WAL files`
  const are = segments.length === 1 ? 'is' : 'are'
  const spanMs = since && writtenAt ? Date.parse(writtenAt) - Date.parse(since) : 0
  const span = spanMs > 1000 ? ` (${describeSpan(Math.ceil(spanMs / 1000) * 1000)} of it)` : ''
  const what = since === undefined ? 'all that was committed' : `what was committed after ${since}`
  return `${files} (${describeBytes(bytes)}) ${are} in no archive: ${what}${span} goes with its data, because ${reason}`
}
