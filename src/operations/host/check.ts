import type { ClusterPorts } from '../../contract/documents/host.ts'
import type { HostWanted, PreflightFinding } from '../../contract/host.ts'
import { parseJoinToken } from '../../core/host/join-token.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import { expectEmpty } from './expect-empty.ts'
import { expectSame, portsOf, reachOf } from './look-at-machine.ts'

/** Longer than any answer of a machine that is up. */
const LOOK_MS = 60_000

export interface HostCheck {
  readonly findings: PreflightFinding[]
  readonly ports: ClusterPorts
  readonly instances: number
  readonly cluster?: string[]
}

/**
 * What stands in the way of this machine’s becoming a host, and what would be done. With a token: of that cluster. A machine that is a
 * host is looked at as it is. USAGE for what is no token.
 */
export async function checkHost(
  d: Dependencies,
  host: HostWanted,
  token: string | undefined,
): Promise<HostCheck> {
  const invited = token === undefined ? undefined : parseJoinToken(token)
  const file = await d.machine.file()
  if (file) expectSame(file, host.name)
  const ports = invited ? portsOf(d, invited) : (file?.ports ?? d.machine.ports())
  const asked = { host, ports, reach: invited ? reachOf(invited) : [] }
  const signal = AbortSignal.timeout(LOOK_MS)
  const findings = await d.machine.preflight(asked, { signal, report: () => {} })
  const own = invited && !file ? await ownThings(d) : []
  return {
    findings: [...findings, ...own],
    ports,
    instances: (await d.documents.instances.list()).length,
    ...(invited ? { cluster: [...invited.addresses] } : {}),
  }
}

/** What a joining machine has of its own and may not have. */
async function ownThings(d: Dependencies): Promise<PreflightFinding[]> {
  try {
    await expectEmpty(d)
    return []
  } catch (error) {
    const { code, message } = AppError.from(error)
    if (code !== 'HOST_NOT_EMPTY') throw error
    const sentence = `${message}; a host takes over the secrets and the state of the cluster that it joins`
    return [{ about: 'state', verdict: 'refused', sentence }]
  }
}
