import type { MemberDocument } from '../contract/documents/member.ts'
import { certificateExpiry, certificateNames, isIssuedBy } from '../system/certificate.ts'
import { ensureDirectory, readText, writeAtomic } from '../system/files.ts'
import { issueServerCertificate } from '../system/server-certificate.ts'
import type { AgentEnvironment } from './environment.ts'
import { layout } from './layout.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** The longest that common clients accept is 398 days (CA/Browser Forum, Apple); ours live shorter than that. */
const LIFE_DAYS = 365
/** A month is enough for a laptop that sleeps through its owner's holiday. */
const RENEW_BEFORE_MS = 30 * DAY_MS

/** Whether the member has a certificate of our authority for just its names that lives on for a month. */
export async function certificateFits(
  doc: MemberDocument,
  { authority }: Pick<AgentEnvironment, 'authority'>,
): Promise<boolean> {
  const pem = await readText(layout(doc).certificate)
  if (pem === undefined) return false
  const names = certificateNames(pem)
  return (
    isIssuedBy(pem, authority.certPem) &&
    sameSet(names.dnsNames, doc.certificate.dnsNames) &&
    sameSet(names.ipAddresses, doc.certificate.addresses) &&
    certificateExpiry(pem).getTime() - Date.now() > RENEW_BEFORE_MS
  )
}

/** Certificate and key go into one file, so that no crash can leave the one without the other. */
export async function issueCertificate(doc: MemberDocument, env: AgentEnvironment): Promise<void> {
  const { tls, certificate } = layout(doc)
  const owner = env.account
  const issued = await issueServerCertificate(env.authority, {
    commonName: doc.service,
    dnsNames: doc.certificate.dnsNames,
    ipAddresses: doc.certificate.addresses,
    days: LIFE_DAYS,
  })
  await ensureDirectory(tls, { mode: 0o700, owner })
  await writeAtomic(certificate, `${issued.certPem}\n${issued.keyPem}\n`, { mode: 0o600, owner })
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))
