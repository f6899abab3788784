import type { InstanceDocument } from '../../contract/documents/instance.ts'
import type { EngineChoice } from '../../core/plan/engine-choice.ts'
import type { Dependencies } from '../dependencies.ts'
import type { ResolvedService } from './resolve-services.ts'

/**
 * The engine for a service: the instance keeps the one it has, unless compose names another version of it, so that an
 * `up` never upgrades by surprise.
 */
export async function wantedEngine(
  d: Dependencies,
  { version, extensions }: ResolvedService,
  existing: InstanceDocument | undefined,
): Promise<EngineChoice> {
  if (!existing || !keeps(version, existing)) return d.driver.chooseEngine(version, extensions)
  const { id, major } = existing.engine
  const kept = await d.driver.installedEngine(id, extensions)
  return kept ?? d.driver.chooseEngine({ major }, extensions)
}

function keeps(version: ResolvedService['version'], { engine }: InstanceDocument): boolean {
  if (version.major === undefined) return true
  if (version.major !== engine.major) return false
  return version.minor === undefined || version.minor === engine.minor
}
