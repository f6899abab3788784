import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { DrillDocument } from '../../contract/documents/lineage.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberStatus } from '../../contract/documents/member.ts'
import type { LineageStatus } from '../../contract/lineage-status.ts'
import type { InstanceRecovery } from '../../contract/recovery.ts'
import { overdue } from '../../core/policy/overdue.ts'
import type { LineageFacts } from '../../core/policy/schedule.ts'
import type { Dependencies } from '../dependencies.ts'
import { type Holdings, holdingsOf, lineageStatus } from './status.ts'

/** What of an instance could be brought back now, and what is wrong with that; undefined while it has no lineage. */
export async function recoveryOf(
  d: Pick<Dependencies, 'documents'>,
  instance: InstanceDocument,
  state: MemberStatus['state'] | undefined,
): Promise<InstanceRecovery | undefined> {
  const found = instance.lineage && (await d.documents.lineages.get(instance.lineage))
  if (!found) return undefined
  const now = new Date()
  const holdings = await holdingsOf(d, found.value.id)
  const status = await lineageStatus(d, found.value, holdings, now.toISOString())
  const drill = (await d.documents.drills.list(found.value.id)).at(-1)?.value
  const facts: LineageFacts = {
    lineage: found.value,
    policy: instance.backups ?? defaultBackupPolicy,
    server: serverOf(instance, state),
    ...holdings,
    drills: [],
    attempts: { backup: [], drill: [], prune: [] },
  }
  const problem = problemOf(status, holdings, drill) ?? overdue(facts, now.getTime(), 0)[0]?.message
  const { earliest, latest, rpoMs } = status.window
  return {
    ...(earliest ? { earliest } : {}),
    ...(latest ? { latest } : {}),
    ...(rpoMs === undefined ? {} : { rpoMs }),
    backups: status.backups,
    ...(status.provenAt ? { provenAt: status.provenAt } : {}),
    ...(problem ? { problem } : {}),
  }
}

function serverOf(
  { phase }: InstanceDocument,
  state: MemberStatus['state'] | undefined,
): LineageFacts['server'] {
  if (phase !== 'live') return 'unavailable'
  if (state === 'ready') return 'running'
  return state === 'stopped' || state === 'suspended' ? 'resting' : 'unavailable'
}

/** The worst that is known to be wrong, a sentence. */
function problemOf(
  { problems, provenAt }: LineageStatus,
  { backups }: Holdings,
  drill: DrillDocument | undefined,
): string | undefined {
  const [problem, ...more] = problems
  if (problem)
    return more.length > 0 ? `${problem.sentence} (and ${more.length} more)` : problem.sentence
  const damaged = backups.find((b) => b.damage !== undefined)
  if (damaged) return `the backup ${damaged.id} is damaged: ${damaged.damage}`
  const isNews = drill && (provenAt === undefined || drill.finishedAt > provenAt)
  if (drill?.outcome !== 'failed' || !isNews) return undefined
  return `the last restore drill failed: ${drill.failure ?? drill.id}`
}
