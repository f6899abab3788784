import type { Destruction, FinalSnapshot } from '../../contract/api/projects.ts'
import { defaultBackupPolicy } from '../../contract/backup-policy.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { isProduction } from '../../core/modes.ts'
import { namedOrAll } from '../named-or-all.ts'
import type { Dependencies } from '../dependencies.ts'
import { backupsOf } from '../lineage/backups-of.ts'

interface Down {
  readonly project: string
  readonly services: string[]
  readonly finalSnapshot: FinalSnapshot
}

/** What a `down` would remove, each with the snapshot that it would leave. */
export async function destructionOf(
  d: Dependencies,
  { project, services, finalSnapshot }: Down,
): Promise<{ destroyed: Destruction[]; forgetProject: boolean }> {
  const named = await namedOrAll(d, { project, services }, { withHeld: true })
  const all = await d.documents.instances.list(project)
  const mode = (await d.documents.projects.get(project))?.value.mode ?? 'affordable'
  const keeps = finalSnapshot === 'keep' || (finalSnapshot === 'auto' && isProduction(mode))
  const going = all.filter((i) => named.includes(i.value.service))
  const destroyed = await Promise.all(
    going.map(async ({ value: instance }) => {
      const { service } = instance
      const member = await d.documents.members.get(project, service, '0')
      // An instance that never was open to clients has nothing worth keeping.
      const kept = keeps && instance.phase === 'live'
      return {
        service,
        version: `${instance.engine.major}.${instance.engine.minor}`,
        dataBytes: (member && (await d.driver.sizeOf(member.value.directory))) ?? 0,
        createdAt: instance.createdAt,
        ...(kept ? { finalSnapshot: finalName(project, service, instance.id) } : {}),
        ...(await historyOf(d, instance)),
      }
    }),
  )
  return { destroyed, forgetProject: going.length === all.length }
}

/** What of its history a removal leaves: nothing while there is no base backup that would restore. */
async function historyOf(
  d: Dependencies,
  { lineage, backups = defaultBackupPolicy }: InstanceDocument,
): Promise<Pick<Destruction, 'historyKeptMs'>> {
  const kept = lineage ? await backupsOf(d, lineage) : []
  const restores = kept.some((b) => b.damage === undefined)
  return restores ? { historyKeptMs: backups.keepRemovedMs } : {}
}

/** Defang's documented pattern, with the instance's id: never used twice, and the same however often one asks. */
const finalName = (project: string, service: string, id: string): string =>
  `${project}-${service}-postgres-${id}-final-snapshot`
