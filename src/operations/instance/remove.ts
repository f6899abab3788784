import { scriptsToDrop } from '../branch/scripts.ts'
import type { Dependencies } from '../dependencies.ts'
import { closeLineage } from '../lineage/end.ts'
import { lineageOf } from '../lineage/lineage-of.ts'
import { editMember, memberIdOf, untilState } from '../members.ts'

/** Stopped before it goes: a server that stops hands its last WAL to the archive. */
async function endArchiving(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
) {
  const lineage = await lineageOf(d, project, service)
  const member = await editMember(d, project, service, (m) =>
    m.wanted === 'absent' ? m : { ...m, wanted: 'stopped' },
  )
  if (member.wanted === 'stopped') await untilState(d, member, signal, 'stopped')
  await closeLineage(d, lineage, member)
}

/** Ends an instance's server and removes its data and documents; its lineage is closed and kept. Safe to repeat; what is gone already is fine. */
export async function removeInstance(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const { instances, members, observed, credentials } = d.documents
  const id = [project, service]
  const memberId = memberIdOf(project, service)
  const instance = await instances.get(project, service)
  if (instance) {
    await d.store.write([instances.put(id, { ...instance.value, phase: 'deleting' })])
  }
  if (await members.get(...memberId)) {
    if (instance?.value.lineage) await endArchiving(d, project, service, signal)
    const member = await editMember(d, project, service, (m) => ({ ...m, wanted: 'absent' }))
    await untilState(d, member, signal, 'absent')
  }
  await d.store.write([
    ...(await scriptsToDrop(d, instance?.value.branch, instance?.value.id ?? '')),
    members.remove(memberId),
    observed.remove(memberId),
    credentials.remove(id),
    instances.remove(id),
  ])
}
