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

/**
 * The same for every service of a project. One that is to be a branch gets its parent's engine, whose data it starts on,
 * unless compose names another version.
 */
export function wantedEngineOf(
  d: Dependencies,
  resolved: ResolvedService,
  all: readonly ResolvedService[],
  instances: readonly InstanceDocument[],
): Promise<EngineChoice> {
  let { version } = resolved
  let at = resolved
  const seen = new Set<string>()
  for (;;) {
    const { service, branchOf } = at.desired
    const there = instances.find((i) => i.service === service)
    const parent = branchOf && instances.find((i) => i.service === branchOf.service)
    const coming = all.find((r) => r.desired.service === branchOf?.service)
    if (there ?? parent) return wantedEngine(d, { ...resolved, version }, there ?? parent)
    if (!coming || seen.has(service)) return wantedEngine(d, { ...resolved, version }, undefined)
    seen.add(service)
    if (version.major === undefined) version = coming.version
    at = coming
  }
}

function keeps(version: ResolvedService['version'], { engine }: InstanceDocument): boolean {
  if (version.major === undefined) return true
  if (version.major !== engine.major) return false
  return version.minor === undefined || version.minor === engine.minor
}
