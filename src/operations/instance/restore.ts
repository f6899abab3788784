import type { BranchOf } from '../../contract/branch.ts'
import type { BackupDocument, LineageDocument } from '../../contract/documents/lineage.ts'
import type { ChosenVersion, DesiredInstance } from '../../contract/documents/work.ts'
import type { Ancestry } from '../../contract/lineage.ts'
import type { RecoveryTarget } from '../../contract/target.ts'
import type { ReplaySpan } from '../../core/progress-pace.ts'
import type { Dependencies } from '../dependencies.ts'
import { archiveLatest } from '../lineage/archive-latest.ts'
import { chooseRecovery, type Recovery } from '../lineage/choose-recovery.ts'
import { lineageById } from '../lineage/lineage-of.ts'
import { compareBackup } from '../lineage/verify-backup.ts'
import type { Context } from '../procedure.ts'
import { createInstance } from './create.ts'

export interface Restoring {
  readonly lineage: string
  readonly target: RecoveryTarget
  readonly project: string
  /** The new instance; its service name must be free. */
  readonly desired: DesiredInstance
  readonly how: Ancestry['how']
  readonly branch?: BranchOf
  /** Steps on the restored server before anybody but us may connect. */
  readonly beforeOpen?: (context: Context) => Promise<void>
}

/**
 * Makes a new instance that shows a moment of a lineage: the newest base before it, then WAL up to it. The lineage and its
 * instance are left as they are; the new instance begins a lineage of its own.
 */
export async function restoreInto(
  context: Context,
  d: Dependencies,
  restoring: Restoring,
): Promise<void> {
  const { project, desired, target } = restoring
  const { service } = desired
  await context.step(`${service}: archive what is not archived yet`, (s) =>
    archiveLatest(d, restoring.lineage, target, s),
  )
  const chosen = await context.step(`${service}: choose the backup`, async () => {
    const lineage = await lineageById(d, restoring.lineage)
    return chooseRecovery(d, lineage, target)
  })
  const version = await context.step(`${service}: choose the engine`, () =>
    engineFor(d, chosen.backup),
  )
  const inherited = await context.step(`${service}: prepare the recovery`, async () => {
    const lineage = await lineageById(d, restoring.lineage)
    const engine = d.backups.of(lineage)
    return {
      source: await engine.source(lineage, chosen.backup, { durable: true }),
      recovery: {
        ...recoverySettings(await engine.restoreCommand(lineage)),
        ...chosen.settings,
      },
      replay: await replayOf(d, lineage, chosen),
      parent: parentOf(lineage, chosen, restoring.how),
    }
  })
  await createInstance(context, d, {
    project,
    desired,
    version,
    inherited: {
      ...inherited,
      compare: async (watch) =>
        compareBackup(d, await lineageById(d, restoring.lineage), chosen.backup, watch),
      ...(restoring.branch ? { branch: restoring.branch } : {}),
      ...(restoring.beforeOpen ? { beforeOpen: restoring.beforeOpen } : {}),
    },
  })
}

/** The WAL from the backup to the target, or to the end of the archive. */
async function replayOf(
  d: Dependencies,
  { id, walSegmentBytes: segmentBytes }: LineageDocument,
  { backup, until }: Recovery,
): Promise<ReplaySpan> {
  const archive = (await d.documents.archives.get(id))?.value
  const endLsn = until.lsn ?? archive?.endLsn ?? backup.stopLsn
  return { startLsn: backup.startLsn, endLsn, segmentBytes }
}

/** What every recovery of ours has; `ready` then means promoted, because nobody may look in before. */
export const recoverySettings = (restoreCommand: string): Record<string, string> => ({
  restore_command: restoreCommand,
  recovery_target_timeline: 'latest',
  recovery_target_action: 'promote',
  hot_standby: 'off',
})

/** The newest engine here of the backup's major that is not older than what wrote it. */
export async function engineFor(
  d: Dependencies,
  backup: Pick<BackupDocument, 'version'>,
): Promise<ChosenVersion> {
  const [major = 0, minor = 0] = backup.version.split('.').map(Number)
  const choice = await d.driver.chooseEngine({ major }, [])
  const fit = choice.minor < minor ? await d.driver.chooseEngine({ major, minor }, []) : choice
  return { major: fit.major, minor: fit.minor, engineId: fit.engineId }
}

const parentOf = (
  { id }: LineageDocument,
  { backup, until }: Recovery,
  how: Ancestry['how'],
): Ancestry => ({ lineage: id, how, timeline: backup.timeline, ...until })
