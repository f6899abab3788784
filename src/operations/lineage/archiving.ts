import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { LineageDocument } from '../../contract/documents/lineage.ts'
import type { Dependencies } from '../dependencies.ts'
import { lineageById } from './lineage-of.ts'

/** The settings with which an instance's server archives into its lineage; none when it has no lineage yet. */
export async function archivingOf(
  d: Dependencies,
  instance: Pick<InstanceDocument, 'lineage' | 'engine'>,
): Promise<Record<string, string>> {
  if (!instance.lineage) return {}
  return archivingInto(d, await lineageById(d, instance.lineage), instance.engine)
}

/** The same for a lineage that no instance names yet. */
export async function archivingInto(
  d: Dependencies,
  lineage: LineageDocument,
  { id, major }: InstanceDocument['engine'],
): Promise<Record<string, string>> {
  const engine = (await d.driver.engines()).find((e) => e.id === id)
  return d.backups.of(lineage).archiving(lineage, { major, features: engine?.features ?? [] })
}
