import { X509Certificate } from 'node:crypto'

/** When the (first) certificate of a PEM text stops being valid. */
export function certificateExpiry(certPem: string): Date {
  return new X509Certificate(certPem).validToDate
}

/** The names and addresses that the certificate is good for. IPv6 addresses come in full: `0:0:0:0:0:0:0:1`, in capitals. */
export function certificateNames(certPem: string): {
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
} {
  // Node prints it as `DNS:db, IP Address:127.0.0.1`; a name with a comma in it would be quoted, and none of ours has one.
  const entries = (new X509Certificate(certPem).subjectAltName ?? '').split(', ')
  const after = (prefix: string) =>
    entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length))
  return { dnsNames: after('DNS:'), ipAddresses: after('IP Address:') }
}

/** Whether the certificate is good for an address, in whichever of its forms that is written. */
export const isGoodForAddress = (certPem: string, address: string): boolean =>
  new X509Certificate(certPem).checkIP(address) !== undefined

/** Whether the authority's key signed the certificate. */
export function isIssuedBy(certPem: string, authorityPem: string): boolean {
  const authority = new X509Certificate(authorityPem)
  return new X509Certificate(certPem).verify(authority.publicKey)
}
