import { hostname } from 'node:os'
import type { Listening } from '../contract/listening.ts'
import {
  certificateExpiry,
  certificateNames,
  isGoodForAddress,
  isIssuedBy,
} from '../system/certificate.ts'
import type { KeyAndCertificate } from '../system/certificate-authority.ts'
import { readText, writeAtomic } from '../system/files.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** As the servers' own. */
const LIFE_DAYS = 365
const RENEW_BEFORE_MS = 30 * DAY_MS

type Names = Pick<Listening, 'address' | 'names'>

/**
 * The certificate under which the API is served, with its key: the one in `file` while it fits for another month, else a
 * new one. Its chain ends with the authority's own, so that a client that knows only the fingerprint gets it.
 */
export async function apiCertificate(
  file: string,
  authority: KeyAndCertificate,
  wanted: Names,
): Promise<{ readonly key: string; readonly cert: string }> {
  const kept = await readText(file)
  const pem =
    kept !== undefined && fits(kept, authority, wanted) ? kept : await issue(authority, wanted)
  if (pem !== kept) await writeAtomic(file, pem, { mode: 0o600 })
  return { key: pem, cert: `${pem}\n${authority.certPem}` }
}

/** Every address of the machine is served when the wanted one is no certain one; names must do then. */
const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::'

const dnsNames = ({ names }: Names): string[] => [...new Set([hostname(), 'localhost', ...names])]
const addresses = ({ address }: Names): string[] => [
  ...new Set([...(isAny(address) ? [] : [address]), '127.0.0.1', '::1']),
]

function fits(pem: string, authority: KeyAndCertificate, wanted: Names): boolean {
  const { dnsNames: names } = certificateNames(pem)
  return (
    isIssuedBy(pem, authority.certPem) &&
    dnsNames(wanted).every((name) => names.includes(name)) &&
    addresses(wanted).every((address) => isGoodForAddress(pem, address)) &&
    certificateExpiry(pem).getTime() - Date.now() > RENEW_BEFORE_MS
  )
}

async function issue(authority: KeyAndCertificate, wanted: Names): Promise<string> {
  const { issueServerCertificate } = await import('../system/server-certificate.ts')
  const { certPem, keyPem } = await issueServerCertificate(authority, {
    commonName: 'howdah',
    dnsNames: dnsNames(wanted),
    ipAddresses: addresses(wanted),
    days: LIFE_DAYS,
  })
  return `${certPem}\n${keyPem}\n`
}
