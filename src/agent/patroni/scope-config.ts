import { dynamicChange, dynamicConfig, type JsonObject } from '../../core/config/patroni-dynamic.ts'
import type { PatroniVersion } from '../../core/patroni/version.ts'
import { patchConfig, readConfig } from '../../system/patroni/requests.ts'
import type { PatroniAccess } from '../../system/patroni/rest.ts'
import type { PatroniDocument } from './places.ts'

/** Has a scope hold to what its primary's document says. True when something was changed. Throws PATRONI_UNREACHABLE, PATRONI_REFUSED. */
export async function convergeScope(
  doc: PatroniDocument,
  access: PatroniAccess,
  version: PatroniVersion,
): Promise<boolean> {
  const { durability, shared } = doc.patroni
  // JSON as it came.
  const current = (await readConfig(access)) as JsonObject
  const change = dynamicChange(current, dynamicConfig({ durability, shared, version }))
  if (change) await patchConfig(access, change)
  return change !== undefined
}
