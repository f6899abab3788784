import type { Endpoint, Instance } from '../../contract/instance.ts'
import type { AppError } from '../../errors/app-error.ts'
import type { Terminal } from '../output/terminal.ts'
import type { TunnelWay } from './tunnel.ts'

type Named = Pick<Instance, 'project' | 'service'>

/** This end of a tunnel to an instance: one for each, opened when it is first asked for, for as long as the command runs. */
export function tunnelled(
  way: () => Promise<TunnelWay>,
  terminal: Terminal,
): (instance: Named) => Promise<Endpoint> {
  const tunnels = new Map<string, Promise<Endpoint>>()
  const open = async (to: Named): Promise<Endpoint> => {
    const { openTunnel } = await import('./tunnel.ts')
    const refused = (error: AppError): void => terminal.warn(error.message)
    return (await openTunnel(await way(), to, refused)).endpoint
  }
  return ({ project, service }) => {
    const key = `${project}/${service}`
    const tunnel = tunnels.get(key) ?? open({ project, service })
    tunnels.set(key, tunnel)
    return tunnel
  }
}
