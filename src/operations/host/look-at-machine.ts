import type { HostFile } from '../../contract/documents/host.ts'
import type { PreflightFinding } from '../../contract/host.ts'
import type { JoinToken } from '../../core/host/join-token.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Dependencies } from '../dependencies.ts'
import type { StepContext } from '../procedure.ts'
import type { PreflightAsked } from './machine.ts'

/** What must be reachable of the cluster that a token is for. */
export const reachOf = ({ addresses, ports }: JoinToken): PreflightAsked['reach'] =>
  addresses.flatMap((host) =>
    [ports.api, ports.etcdClient, ports.etcdPeer].map((port) => ({ host, port })),
  )

/** Those that this machine will open in the cluster that a token is for. */
export const portsOf = ({ machine }: Dependencies, { ports }: JoinToken): HostFile['ports'] => ({
  ...ports,
  etcdMetrics: machine.ports().etcdMetrics,
})

/**
 * Looks whether this machine can be a host. HOST_REFUSED with all findings when it cannot. Of a machine that is one already, because
 * what made it one was broken off, nothing more is asked: then `isMember`.
 */
export async function lookAtMachine(
  d: Dependencies,
  asked: PreflightAsked,
  { signal, report }: StepContext,
): Promise<{ isMember: boolean; findings: PreflightFinding[] }> {
  const file = await d.machine.file()
  if (file) expectSame(file, asked.host.name)
  if (file && file.state !== 'preparing') return { isMember: true, findings: [] }
  const findings = await d.machine.preflight(asked, { signal, report })
  const refused = findings.filter(({ verdict }) => verdict === 'refused')
  if (refused.length === 0) return { isMember: false, findings }
  const why = refused.map(({ sentence }) => sentence).join('\n')
  throw new AppError('HOST_REFUSED', `this machine cannot be a host:\n${why}`, {
    details: { findings },
  })
}

/** ALREADY_A_HOST when this machine is another host, or on its way to be one. */
export function expectSame({ host }: Pick<HostFile, 'host'>, name: string): void {
  if (host.name === name) return
  throw new AppError('ALREADY_A_HOST', `this machine is the host “${host.name}”`)
}
