import type { X509Certificate } from '@peculiar/x509'
import { randomBytes, webcrypto } from 'node:crypto'
import { x509 } from './x509.ts'
import { newKeyPair, privateKeyPem, signing } from './key-pair.ts'

/** A certificate and its private key (PKCS #8), both as PEM text. The key is a secret: keep it in a file of mode 0600. */
export interface KeyAndCertificate {
  readonly keyPem: string
  readonly certPem: string
}

const dayMs = 24 * 60 * 60 * 1000

/** Clocks of two machines differ; a certificate that is not valid yet is refused. */
const backdateMs = 5 * 60 * 1000

/** Makes a certificate authority (ECDSA P-256) that signs server certificates and no further authorities. */
export async function createAuthority({
  name,
  days = 3650,
}: {
  readonly name: string
  readonly days?: number
}): Promise<KeyAndCertificate> {
  const keys = await newKeyPair()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: [{ CN: [name] }],
    ...validity(days),
    keys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
    ],
  })
  return { keyPem: privateKeyPem(keys), certPem: pem(certificate) }
}

/** From a few minutes ago to `days` from now, but not past `latest`. */
export function validity(days: number, latest?: Date): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  const end = Math.min(now + days * dayMs, latest?.getTime() ?? Infinity)
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(end) }
}

/** 126 random bits in hexadecimal. The first byte is 0x40 to 0x7f: positive, and no leading zero that DER would drop. */
export function newSerialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('hex')
}

/** The certificate as PEM text that ends with a newline. */
export function pem(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trim()}\n`
}
