import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { MemberDocument } from '../../contract/documents/member.ts'
import type { Dependencies } from '../dependencies.ts'

/** The instance that writes a lineage now; undefined when it is closed. */
export async function instanceOfLineage(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
): Promise<InstanceDocument | undefined> {
  const all = await d.documents.instances.list()
  return all.find((i) => i.value.lineage === lineage)?.value
}

/** The server that writes a lineage now. */
export async function writerOf(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
): Promise<MemberDocument | undefined> {
  const instance = await instanceOfLineage(d, lineage)
  if (!instance) return undefined
  return (await d.documents.members.get(instance.project, instance.service, '0'))?.value
}
