import type { Dependencies } from '../dependencies.ts'
import { editMember, memberIdOf, untilState } from '../members.ts'

/** Ends an instance's server and removes its data and documents. Safe to repeat; what is gone already is fine. */
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
    const member = await editMember(d, project, service, (m) => ({ ...m, wanted: 'absent' }))
    await untilState(d, member, signal, 'absent')
  }
  await d.store.write([
    members.remove(memberId),
    observed.remove(memberId),
    credentials.remove(id),
    instances.remove(id),
  ])
}
