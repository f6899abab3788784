import type { z } from 'zod'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { DesiredInstance } from '../../contract/documents/work.ts'
import type { RestorePlan, RestoreWanted } from '../../contract/restore.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import { lsnOf } from '../../core/wal/lsn.ts'
import { ambiguityOf } from '../../core/wal/recovery-window.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { archiveNow } from '../lineage/archive-now.ts'
import { backupsOf } from '../lineage/backups-of.ts'
import { chooseRecovery, type Recovery } from '../lineage/choose-recovery.ts'
import { holdingsNow } from '../lineage/holdings-now.ts'
import { instanceOfLineage } from '../lineage/instance-of.ts'
import { lineageById, lineageOf } from '../lineage/lineage-of.ts'
import { lineageStatus } from '../lineage/status.ts'
import { instanceOf, memberOf } from '../members.ts'
import type { restore } from '../procedures/restore.ts'
import { desiredFromLineage } from './desired-from-lineage.ts'

/** A plan is asked for by somebody who waits for the answer. */
const ARCHIVED_WITHIN_MS = 30_000

/**
 * What a restore would do: TARGET_OUTSIDE_WINDOW with the range, BACKUP_NEEDED or INSTANCE_EXISTS when it cannot. A running
 * server is asked for its newest WAL when the archive alone does not have the target.
 */
export async function planRestore(d: Dependencies, wanted: RestoreWanted): Promise<RestorePlan> {
  const { project, inPlace } = wanted
  const lineage = await lineageToRestore(d, wanted)
  const into = await nameOfResult(d, wanted)
  const target = await resolveTarget(d, lineage.id, wanted.target)
  const { backup, until } = await chooseWithNewest(d, lineage, target, wanted.zone)
  const holdings = await holdingsNow(d, lineage)
  const { window } = await lineageStatus(d, lineage, holdings, new Date().toISOString())
  const ambiguous = ambiguityOf(target, window)
  const endLsn = until.lsn ?? holdings.archive?.endLsn ?? backup.stopLsn
  const { format: _, ...shown } = backup
  return {
    lineage: lineage.id,
    of: { project: lineage.project, service: lineage.service },
    ...(into ? { into: { project, service: into } } : {}),
    inPlace,
    target,
    ...(until.at ? { restoresTo: until.at } : {}),
    backup: shown,
    walBytes: Math.max(0, Number(lsnOf(endLsn) - lsnOf(backup.startLsn))),
    window,
    ...(ambiguous ? { ambiguous } : {}),
    version: lineage.recipe.version,
  }
}

/** The input of the operation that performs such a plan. */
export async function restoreWork(
  d: Dependencies,
  wanted: RestoreWanted,
  plan: RestorePlan,
): Promise<z.output<typeof restore.input>> {
  const { project, service, inPlace } = wanted
  const lineage = await lineageById(d, plan.lineage)
  const known = (await d.documents.projects.get(project))?.value
  const mode = known?.mode ?? lineage.recipe.mode
  const stamp = stampOf(new Date())
  const name = inPlace ? `${service}-restored-${stamp}` : (plan.into?.service ?? '')
  return {
    lineage: lineage.id,
    target: plan.target,
    project,
    directory: known?.directory ?? '',
    ...(mode ? { mode } : {}),
    desired: await desiredResult(d, lineage, wanted, name),
    ...(inPlace && service ? { inPlace: { service, keepAs: `${service}-before-${stamp}` } } : {}),
  }
}

/** What takes an instance's place is backed up as that one. */
async function desiredResult(
  d: Dependencies,
  lineage: LineageDocument,
  { project, service, inPlace }: RestoreWanted,
  name: string,
): Promise<DesiredInstance> {
  const { backups: kept, ...desired } = desiredFromLineage(d, lineage, project, name)
  const replaced =
    inPlace && service !== undefined ? await instanceOf(d, project, service) : undefined
  const backups = replaced ? replaced.backups : kept
  return { ...desired, ...(backups ? { backups } : {}) }
}

/** `20261120-150312`, in UTC. */
export function stampOf(at: Date): string {
  const [date = '', time = ''] = at.toISOString().split(/[T.]/)
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}`
}

async function lineageToRestore(
  d: Dependencies,
  { project, service, lineage, inPlace }: RestoreWanted,
): Promise<LineageDocument> {
  if (inPlace && service !== undefined) await instanceOf(d, project, service)
  if (lineage !== undefined) return lineageById(d, lineage)
  if (service !== undefined) return lineageOf(d, project, service)
  throw new AppError('USAGE', 'say what is to be restored: a service, or a lineage')
}

/** Undefined while nobody has said it, which is enough for a look at the plan. */
async function nameOfResult(
  d: Dependencies,
  { project, service, as, inPlace }: RestoreWanted,
): Promise<string | undefined> {
  if (inPlace && as !== undefined) {
    throw new AppError('USAGE', 'a restore is either in place or as a new instance')
  }
  if (inPlace && service === undefined) {
    throw new AppError('USAGE', 'a restore in place needs the service whose place it takes')
  }
  if (inPlace || as === undefined) return inPlace ? service : undefined
  if (!(await d.documents.instances.get(project, as))) return as
  const message = `the project “${project}” has an instance “${as}” already`
  throw new AppError('INSTANCE_EXISTS', message)
}

/** A name is a backup's before it is a restore point's: people choose the first, and most of the second are ours. */
async function resolveTarget(
  d: Dependencies,
  lineage: string,
  target: RecoveryTarget,
): Promise<RecoveryTarget> {
  if (target.kind !== 'name') return target
  const named = (await backupsOf(d, lineage)).find((b) => b.name === target.name)
  return named ? { kind: 'backup', id: named.id } : target
}

async function chooseWithNewest(
  d: Dependencies,
  lineage: LineageDocument,
  target: RecoveryTarget,
  zone: string | undefined,
): Promise<Recovery> {
  try {
    return await chooseRecovery(d, lineage, target, zone)
  } catch (error) {
    const isNewer = mayBeNewer(AppError.from(error), target)
    if (!isNewer || !(await takeInNewest(d, lineage))) throw withAncestor(error, lineage)
  }
  try {
    return await chooseRecovery(d, lineage, target, zone)
  } catch (error) {
    throw withAncestor(error, lineage)
  }
}

/** Whether what a server wrote since the archive was looked at may have the target that was refused. */
function mayBeNewer({ code, details }: AppError, target: RecoveryTarget): boolean {
  if (code !== 'TARGET_OUTSIDE_WINDOW' || target.kind === 'backup') return false
  if (target.kind !== 'time') return true
  const latest = details?.['latest']
  const atMs = Date.parse(target.at)
  return typeof latest === 'string' && atMs >= Date.parse(latest) && atMs <= Date.now()
}

/** Has a running server hand over what it wrote last; false when none writes the lineage. */
async function takeInNewest(d: Dependencies, lineage: LineageDocument): Promise<boolean> {
  const instance = await instanceOfLineage(d, lineage.id)
  if (!instance) return false
  const { project, service } = instance
  const status = (await d.documents.observed.get(project, service, '0'))?.value
  if (status?.state !== 'ready') return false
  const { signal } = new AbortController()
  const step = { signal, attempt: 1, report: () => {} }
  await archiveNow(d, lineage, await memberOf(d, project, service), step, ARCHIVED_WITHIN_MS)
  return true
}

/** What was before the lineage began is in the one that it came from. */
function withAncestor(cause: unknown, { parent }: LineageDocument): AppError {
  const error = AppError.from(cause)
  const isOlder = error.code === 'TARGET_OUTSIDE_WINDOW' || error.code === 'BACKUP_NEEDED'
  if (!parent || !isOlder) return error
  return new AppError(error.code, error.message, {
    cause,
    details: { ...error.details, parent: parent.lineage },
    hint: `${error.hint} Older moments are in the lineage that this one came from: add --lineage ${parent.lineage}.`,
  })
}
