import { REPLICATOR } from '../../core/config/patroni-access.ts'
import { certificateExpiry, isGoodForAddress, isIssuedBy } from '../../system/certificate.ts'
import { readText, writeAtomic } from '../../system/files.ts'
import { issueServerCertificate } from '../../system/server-certificate.ts'
import type { AgentEnvironment } from '../environment.ts'
import { type PatroniDocument, patroniPlaces } from './places.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LIFE_DAYS = 365
const RENEW_BEFORE_MS = 30 * DAY_MS

/** Whether the member has a certificate of our authority for its address that lives on for a month. */
export async function peerCertificateFits(
  doc: PatroniDocument,
  { authority }: Pick<AgentEnvironment, 'authority'>,
): Promise<boolean> {
  const pem = await readText(patroniPlaces(doc).certificate)
  if (pem === undefined) return false
  return (
    isIssuedBy(pem, authority.certPem) &&
    isGoodForAddress(pem, doc.patroni.address) &&
    certificateExpiry(pem).getTime() - Date.now() > RENEW_BEFORE_MS
  )
}

/**
 * The one certificate by which a member knows itself to etcd, to other Patronis and to other servers, and serves REST. Its name is
 * the role's that copies. Certificate and key in one file, so that no crash can leave the one without the other.
 */
export async function issuePeerCertificate(
  doc: PatroniDocument,
  { authority, account }: Pick<AgentEnvironment, 'authority' | 'account'>,
): Promise<void> {
  const { certPem, keyPem } = await issueServerCertificate(authority, {
    commonName: REPLICATOR,
    dnsNames: [],
    ipAddresses: [...new Set([doc.patroni.address, '127.0.0.1'])],
    days: LIFE_DAYS,
    alsoClient: true,
  })
  const place = { mode: 0o600, owner: account }
  await writeAtomic(patroniPlaces(doc).certificate, `${certPem}\n${keyPem}\n`, place)
}
