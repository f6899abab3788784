import { createPrivateKey, KeyObject, webcrypto } from 'node:crypto'

/** ECDSA on P-256 with SHA-256: every TLS library of the last decade takes it, and a key is made in under a millisecond. */
const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const

/** How certificates are signed. */
export const signing = { name: 'ECDSA', hash: 'SHA-256' } as const

export async function newKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])
}

/** The private key as PKCS #8 in PEM. */
export function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** A private key of ours from its PEM text, to sign with. */
export function signingKey(keyPem: string): webcrypto.CryptoKey {
  return createPrivateKey(keyPem).toCryptoKey(curve, false, ['sign'])
}
