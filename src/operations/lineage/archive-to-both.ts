import { setTimeout as delay } from 'node:timers/promises'
import type { Backup } from '../../contract/backup.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import { ARCHIVE_BOTH_FILE, archivingToBoth } from '../../core/config/archiving-both.ts'
import { ARCHIVING_FILE } from '../../core/config/postgresql.ts'
import { archivingConf } from '../../core/plan/member-document.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { retold } from '../instance/way-back.ts'
import { editMember, instanceOf, memberIdOf, memberOf, untilReady } from '../members.ts'
import type { StepContext } from '../procedure.ts'
import { archiveNow } from './archive-now.ts'
import { archivingInto } from './archiving.ts'
import { lineageById } from './lineage-of.ts'

/**
 * A server that archives with these settings from its next reload on; the same document when it does already. `script`: what they
 * run, where that is one of ours.
 */
export function archivingWith(
  member: MemberDocument,
  lineage: string,
  settings: Record<string, string>,
  script?: string,
): MemberDocument {
  const { [ARCHIVE_BOTH_FILE]: _before, ...others } = member.files
  const files = {
    ...others,
    ...(script === undefined ? {} : { [ARCHIVE_BOTH_FILE]: script }),
    [ARCHIVING_FILE]: archivingConf(lineage, settings),
  }
  return retold(member, { ...member, files }, false)
}

/**
 * Has a running server archive into its lineage and into the next one, by a reload. When the first does not take what there is now, it
 * takes nothing later either: then it ends here, which people are told, and only the next one gets the WAL. Gives whether it gets both.
 */
export async function archiveToBoth(
  d: Dependencies,
  { project, service }: { readonly project: string; readonly service: string },
  { old, next }: { readonly old: string; readonly next: string },
  s: StepContext,
): Promise<boolean> {
  // Who rests writes no WAL.
  if (!(await isRunning(d, project, service))) return false
  const [from, to] = [await lineageById(d, old), await lineageById(d, next)]
  const commandOf = (lineage: LineageDocument): string => {
    // Without libraries, so that it is a command, and two can be one.
    const plain = { major: lineage.major, features: [] }
    return d.backups.of(lineage).archiving(lineage, plain)['archive_command'] ?? ''
  }
  const alone = await archivingInto(d, to, (await instanceOf(d, project, service)).engine)
  const takesBoth = await takesWal(d, from, await memberOf(d, project, service), s)
  const { settings, script } = takesBoth
    ? archivingToBoth(to.major, [commandOf(to), commandOf(from)])
    : { settings: alone, script: undefined }
  const member = await editMember(d, project, service, (m) =>
    archivingWith(m, next, settings, script),
  )
  await untilReady(d, member, s.signal)
  return takesBoth
}

/** Has the lineage of a server that archives to both reach to where the next one begins: to the end of its base backup. */
export async function archiveUntil(
  d: Dependencies,
  { project, service }: { readonly project: string; readonly service: string },
  lineage: string,
  { finishedAt }: Pick<Backup, 'finishedAt'>,
  s: StepContext,
): Promise<void> {
  if (!(await isRunning(d, project, service))) return
  // Its end may be said in whole seconds, rounded up.
  const waitMs = Math.min(Date.parse(finishedAt) - Date.now(), LONGEST_ROUNDING_MS)
  if (waitMs > 0) await delay(waitMs, undefined, { signal: s.signal })
  await takesWal(d, await lineageById(d, lineage), await memberOf(d, project, service), s)
}

/** A clock that was set back is not waited for. */
const LONGEST_ROUNDING_MS = 2000

async function isRunning(d: Dependencies, project: string, service: string): Promise<boolean> {
  const status = await d.documents.observed.get(...memberIdOf(project, service))
  return status?.value.state === 'ready'
}

async function takesWal(
  d: Dependencies,
  lineage: LineageDocument,
  member: MemberDocument,
  s: StepContext,
): Promise<boolean> {
  try {
    await archiveNow(d, lineage, member, s)
    return true
  } catch (error) {
    s.signal.throwIfAborted()
    const { message } = AppError.from(error)
    await d.event({
      severity: 'warning',
      kind: 'lineage-ends',
      subject: `${lineage.project}/${lineage.service}`,
      message: `the backup history ${lineage.id} takes no more WAL, so that moments between here and the new one’s base backup are in neither: ${message}`,
    })
    return false
  }
}
