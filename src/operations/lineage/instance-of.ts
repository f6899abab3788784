import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { Dependencies } from '../dependencies.ts'

/** The instance that writes a lineage now; undefined when it is closed. */
export async function instanceOfLineage(
  d: Pick<Dependencies, 'documents'>,
  lineage: string,
): Promise<InstanceDocument | undefined> {
  const all = await d.documents.instances.list()
  return all.find((i) => i.value.lineage === lineage)?.value
}
