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
  const { id, major, minor } = existing.engine
  const installed = (await d.driver.engines()).some((e) => e.id === id)
  return installed
    ? { engineId: id, major, minor, installed: true, missingExtensions: [] }
    : d.driver.chooseEngine({ major }, extensions)
}

function keeps(version: ResolvedService['version'], { engine }: InstanceDocument): boolean {
  if (version.major === undefined) return true
  if (version.major !== engine.major) return false
  return version.minor === undefined || version.minor === engine.minor
}
