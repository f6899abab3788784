import type { HowdahApp } from '../../api/mount.ts'
import type { HostFile } from '../../contract/documents/host.ts'
import { AppError } from '../../errors/app-error.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import type { Admission } from '../admit-remote.ts'
import { type Carry, tunnels } from '../tunnel.ts'
import { hostCertificate } from './host-certificate.ts'
import { HostDoor } from './host-door.ts'
import { hostPeers, type HostPeers } from './peers.ts'

export interface AmongHostsParts extends Admission {
  readonly home: string
  readonly authority: KeyAndCertificate
  /** Undefined on a machine by itself. */
  readonly file: Pick<HostFile, 'host' | 'ports'> | undefined
}

/** How this daemon and those of a cluster’s other hosts reach one another; on a machine by itself, nobody. */
export interface AmongHosts {
  readonly peers: HostPeers
  /** Carries clients elsewhere to instances, wherever these are. */
  readonly carry: Carry
  /** Serves `app` to the other hosts. */
  open(app: HowdahApp): Promise<void>
  /** Resolves when the other hosts reach this one. CANNOT_LISTEN; NOT_A_HOST. */
  untilOpen(): Promise<void>
  close(): Promise<void>
}

export function amongHosts(parts: AmongHostsParts): AmongHosts {
  const { home, authority, documents, file } = parts
  if (!file) {
    const carry = tunnels({ documents, host: undefined, peers: nobody })
    const nothing = async (): Promise<void> => {}
    return { peers: nobody, carry, open: nothing, untilOpen: async () => alone(), close: nothing }
  }
  const pem = () => hostCertificate(home, authority, file.host)
  const access = async () => ({ caPem: authority.certPem, pem: await pem() })
  const peers = hostPeers(documents, file.ports.api, access)
  const carry = tunnels({ documents, host: file.host.name, peers })
  const door = new HostDoor({ ...parts, file, pem, carry })
  return {
    peers,
    carry,
    open: (app) => door.open(app),
    untilOpen: () => door.untilOpen(),
    close: () => door.close(),
  }
}

const alone = (): never => {
  throw new AppError('NOT_A_HOST', 'this machine is by itself, and no other answers for it')
}

const nobody: HostPeers = { call: async () => alone(), tunnel: async () => alone() }
