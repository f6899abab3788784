import type { BackupEngine } from '../../backups/backup-engine.ts'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { Dependencies } from '../dependencies.ts'

/** Who is to keep a new lineage of an instance that is there. */
export async function keeperFor(
  d: Dependencies,
  { engine: { id, major }, backups, branch }: InstanceDocument,
): Promise<BackupEngine> {
  const engines = await d.driver.engines()
  const engine = engines.find((e) => e.id === id) ?? { kind: 'npm' as const, major }
  return d.backups.choose({ policy: backups, isBranch: branch !== undefined, engine })
}
