import { X509Certificate } from 'node:crypto'
import type { HostWanted } from '../../contract/host.ts'
import { isGoodForAddress, isIssuedBy } from '../../system/certificate.ts'
import type { KeyAndCertificate } from '../../system/certificate-authority.ts'
import { readText, writeAtomic } from '../../system/files.ts'
import { homeLayout } from '../home.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** As the servers' own. */
const LIFE_DAYS = 365
const RENEW_BEFORE_MS = 30 * DAY_MS
const LOOPBACK = '127.0.0.1'

type Named = Pick<HostWanted, 'name' | 'address'>

/**
 * The certificate that this host shows to others and to etcd, with its key, as one PEM text: the one that is kept while it fits
 * for another month, else a new one. It is good as a server's and as a client's; its common name is the host's.
 */
export async function hostCertificate(
  home: string,
  authority: KeyAndCertificate,
  host: Named,
): Promise<string> {
  const path = homeLayout(home).hostCertificate
  const kept = await readText(path)
  if (kept !== undefined && fits(kept, authority, host)) return kept
  // Loading it takes some 100 ms, which only a certificate that is made pays.
  const { issueServerCertificate } = await import('../../system/server-certificate.ts')
  const { certPem, keyPem } = await issueServerCertificate(authority, {
    commonName: host.name,
    dnsNames: [host.name],
    ipAddresses: [...new Set([host.address, LOOPBACK])],
    days: LIFE_DAYS,
    alsoClient: true,
  })
  const pem = `${certPem}\n${keyPem}\n`
  await writeAtomic(path, pem, { mode: 0o600 })
  return pem
}

function fits(pem: string, authority: KeyAndCertificate, { name, address }: Named): boolean {
  const certificate = new X509Certificate(pem)
  return (
    isIssuedBy(pem, authority.certPem) &&
    certificate.subject === `CN=${name}` &&
    certificate.checkHost(name) !== undefined &&
    isGoodForAddress(pem, address) &&
    isGoodForAddress(pem, LOOPBACK) &&
    certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS
  )
}
