import { AppError } from '../../errors/app-error.ts'
import { scriptsToDrop } from '../branch/scripts.ts'
import type { Dependencies } from '../dependencies.ts'
import { closeLineage } from '../lineage/end.ts'
import { lineageOf } from '../lineage/lineage-of.ts'
import { editInstance, editMember, instanceOf, memberIdOf, untilState } from '../members.ts'

export interface Removing {
  /** What no archive has may go with the data. */
  readonly acceptLoss?: boolean
}

/** Stopped before it goes: a server that stops hands its last WAL to the archive. */
async function endArchiving(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
  { acceptLoss = false }: Removing,
) {
  const lineage = await lineageOf(d, project, service)
  const member = await editMember(d, project, service, (m) =>
    m.wanted === 'absent' ? m : { ...m, wanted: 'stopped' },
  )
  if (member.wanted !== 'stopped') return
  await untilState(d, member, signal, 'stopped')
  try {
    await closeLineage(d, lineage, member, { acceptLoss })
  } catch (error) {
    if (AppError.from(error).code === 'WAL_UNARCHIVED') await spare(d, project, service)
    throw error
  }
}

/** An instance that is not removed after all is wanted as it was. */
async function spare(d: Dependencies, project: string, service: string): Promise<void> {
  const { wanted } = await instanceOf(d, project, service)
  await editInstance(d, project, service, (i) => ({ ...i, phase: 'live' }))
  await editMember(d, project, service, (m) => ({ ...m, wanted }))
}

/**
 * Ends an instance's server and removes its data and documents; its lineage is closed and kept. Safe to repeat; what is gone
 * already is fine. WAL_UNARCHIVED, with all left as it was, when its last WAL is in no archive and comes into none.
 */
export async function removeInstance(
  d: Dependencies,
  project: string,
  service: string,
  signal: AbortSignal,
  removing: Removing = {},
): Promise<void> {
  const { instances, members, observed, credentials } = d.documents
  const id = [project, service]
  const memberId = memberIdOf(project, service)
  const instance = await instances.get(project, service)
  if (instance) {
    await d.store.write([instances.put(id, { ...instance.value, phase: 'deleting' })])
  }
  if (await members.get(...memberId)) {
    if (instance?.value.lineage) {
      await endArchiving(d, project, service, signal, removing)
    }
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
