import type { JsonGeneralNames } from '@peculiar/x509'
import { webcrypto } from 'node:crypto'
import { x509 } from './x509.ts'
import { newSerialNumber, pem, validity, type KeyAndCertificate } from './certificate-authority.ts'
import { newKeyPair, privateKeyPem, signing, signingKey } from './key-pair.ts'

/** What a server certificate is for. Clients check the names and addresses; the common name is for people. */
export interface ServerCertificateRequest {
  readonly commonName: string
  readonly dnsNames: readonly string[]
  /** IPv4 or IPv6. */
  readonly ipAddresses: readonly string[]
  /** It never outlives its authority, whatever this says. */
  readonly days: number
  /** It is also shown to other servers, as a client: hosts of a cluster do, and etcd does to itself. */
  readonly alsoClient?: boolean
}

/** Issues a TLS server certificate (ECDSA P-256) under an authority made by `createAuthority`. */
export async function issueServerCertificate(
  authority: KeyAndCertificate,
  { commonName, dnsNames, ipAddresses, days, alsoClient }: ServerCertificateRequest,
): Promise<KeyAndCertificate> {
  const issuer = new x509.X509Certificate(authority.certPem)
  const keys = await newKeyPair()
  const names: JsonGeneralNames = [
    ...dnsNames.map((value) => ({ type: 'dns', value }) as const),
    ...ipAddresses.map((value) => ({ type: 'ip', value }) as const),
  ]
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    // Passed on as it was encoded: a verifier compares the two names byte by byte.
    issuer: issuer.subjectName,
    subject: [{ CN: [commonName] }],
    ...validity(days, issuer.notAfter),
    publicKey: keys.publicKey,
    signingKey: signingKey(authority.keyPem),
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        ...(alsoClient ? [x509.ExtendedKeyUsage.clientAuth] : []),
      ]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
    ],
  })
  return { keyPem: privateKeyPem(keys), certPem: pem(certificate) }
}
