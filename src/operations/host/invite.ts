import { X509Certificate } from 'node:crypto'
import { encodeJoinToken } from '../../core/host/join-token.ts'
import type { Dependencies } from '../dependencies.ts'
import { hostFileOf } from './host-file-of.ts'

/** What a machine that is to join needs as one word: where to ask, whom to trust there, and `secret`, an API token of the purpose `join`. */
export async function inviteWith(d: Dependencies, secret: string): Promise<string> {
  const { ports, host } = await hostFileOf(d)
  const { caCertPem } = await d.machine.bundle()
  const hosts = (await d.documents.hosts.list()).map(({ value }) => value)
  const others = hosts.filter((h) => h.hasEtcd && h.phase === 'live' && h.name !== host.name)
  return encodeJoinToken({
    addresses: [host.address, ...others.map(({ address }) => address)],
    ports,
    fingerprint: new X509Certificate(caCertPem).fingerprint256.replaceAll(':', '').toLowerCase(),
    secret,
  })
}
