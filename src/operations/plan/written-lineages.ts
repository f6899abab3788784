import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { WrittenLineage } from '../../core/plan/repository-change.ts'
import { keptIn } from '../../core/policy/kept-in.ts'
import type { Dependencies } from '../dependencies.ts'

/** What each instance that has a lineage writes to, by its service. */
export async function writtenLineages(
  d: Pick<Dependencies, 'documents'>,
  instances: readonly InstanceDocument[],
): Promise<Record<string, WrittenLineage>> {
  const found: Record<string, WrittenLineage> = {}
  for (const { service, lineage } of instances) {
    const document = lineage && (await d.documents.lineages.get(lineage))?.value
    if (!document) continue
    const { id, engine } = document
    found[service] = { id, engine, keptIn: keptIn(document) }
  }
  return found
}
