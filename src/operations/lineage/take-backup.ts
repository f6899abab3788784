import type { Backup } from '../../contract/backup.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { instanceOf, memberIdOf } from '../members.ts'
import type { StepContext } from '../procedure.ts'
import { backupsOf } from './backups-of.ts'
import { instanceOfLineage } from './instance-of.ts'
import { lineageById } from './lineage-of.ts'
import { expectOneHistory } from './one-history.ts'

export interface Taking {
  readonly lineage: string
  readonly id: string
  readonly kind: Backup['kind']
  readonly name?: string | undefined
  readonly scheduled?: boolean | undefined
  /** The instance that is copied; unset: the one that writes the lineage. */
  readonly instance?: { readonly project: string; readonly service: string }
}

/** Copies an instance as it is: while its server runs, or the data of one that is stopped, which stays so. */
export async function takeBackup(d: Dependencies, taking: Taking, s: StepContext): Promise<Backup> {
  const lineage = await lineageById(d, taking.lineage)
  const instance = taking.instance
    ? await instanceOf(d, taking.instance.project, taking.instance.service)
    : await instanceOfLineage(d, taking.lineage)
  if (!instance) {
    const message = `the lineage ${taking.lineage} has no instance any more, so there is nothing to back up`
    throw new AppError('BACKUP_FAILED', message)
  }
  const { project, service } = instance
  const memberId = memberIdOf(project, service)
  const before = await stateOf(d, memberId)
  const member = await d.documents.members.get(...memberId)
  if (!member || (before.state !== 'ready' && !before.atRest)) {
    const message = `the server of “${service}” is neither running nor stopped: it is ${before.state}`
    throw new AppError('BACKUP_FAILED', message)
  }
  const engine = d.backups.of(lineage)
  if (!before.atRest && !taking.instance) await expectOneHistory(d, lineage, member.value)
  const previous = (await backupsOf(d, lineage.id)).findLast((b) => b.damage === undefined)
  const backup = await engine.backup(
    lineage,
    {
      id: taking.id,
      member: member.value,
      cold: before.atRest,
      kind: taking.kind,
      version: `${instance.engine.major}.${instance.engine.minor}`,
      ...(taking.name ? { name: taking.name } : {}),
      ...(taking.scheduled ? { scheduled: true } : {}),
      ...(previous ? { previous } : {}),
    },
    s,
  )
  if (!before.atRest) return backup
  const after = await stateOf(d, memberId)
  if (after.revision === before.revision) return backup
  // A server wrote to the data while it was copied without it knowing: the copy is of no moment.
  await engine.remove(lineage, backup)
  throw new AppError('BACKUP_FAILED', `“${service}” was started while its data was copied`)
}

/** The agent's last word; its revision changes with every start. */
async function stateOf(d: Dependencies, memberId: readonly string[]) {
  const found = await d.documents.observed.get(...memberId)
  const state = found?.value.state ?? 'absent'
  return { state, atRest: state === 'stopped' || state === 'suspended', revision: found?.revision }
}
