import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { AppError } from '../errors/app-error.ts'
import { readKeyFile } from './vault-key.ts'

/** Seals secrets for keeping. A sealed value opens only under the name that it was sealed for. */
export interface Vault {
  /** Gives `v1.<key id>.<nonce>.<ciphertext and tag>`; the last two in base64url. `name` is the whole name, such as `config/shop/TOKEN`. */
  seal(name: string, plaintext: string): string
  /** Throws CONFIG_KEY_UNREADABLE for a value of another key, another name, or one that was changed. */
  open(name: string, sealed: string): string
  /** Equal for equal values of one name, and tells nothing else without the key: to see that a secret changed without keeping it. */
  fingerprint(name: string, plaintext: string): string
}

const cipher = 'aes-256-gcm'

/** NIST SP 800-38D: 96 bits. Random ones are safe for four thousand million values of one key. */
const nonceBytes = 12
const tagBytes = 16

/**
 * Opens the vault of a key file. `create` makes the file when it is missing: say false once anything has been sealed, for a new key
 * would open none of it. Throws CONFIG_KEY_UNREADABLE when the file is missing, malformed, or open to other accounts.
 */
export async function openVault(
  keyFile: string,
  { create }: { readonly create: boolean },
): Promise<Vault> {
  const key = await readKeyFile(keyFile, create)
  // One key per use, so that a fingerprint or key id never says anything of the sealing key.
  const sealingKey = derive(key, 'seal')
  const fingerprintKey = derive(key, 'fingerprint')
  const keyId = derive(key, 'key id').subarray(0, 4).toString('hex')
  const boundTo = (name: string) => Buffer.from(`v1.${keyId}.${name}`)

  return {
    seal(name, plaintext) {
      const nonce = randomBytes(nonceBytes)
      const encrypt = createCipheriv(cipher, sealingKey, nonce).setAAD(boundTo(name))
      const text = [encrypt.update(plaintext, 'utf8'), encrypt.final(), encrypt.getAuthTag()]
      return `v1.${keyId}.${nonce.toString('base64url')}.${Buffer.concat(text).toString('base64url')}`
    },

    open(name, sealed) {
      const parts = /^v1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]{22,})$/.exec(sealed)
      const [, sealedUnder, nonce, body] = parts ?? []
      if (!sealedUnder || !nonce || !body)
        throw unreadable(name, 'is not in the form we keep it in')
      if (sealedUnder !== keyId) {
        throw unreadable(
          name,
          `was sealed with another key (${sealedUnder}) than ${keyFile} (${keyId})`,
        )
      }
      const bytes = Buffer.from(body, 'base64url')
      const decrypt = createDecipheriv(cipher, sealingKey, Buffer.from(nonce, 'base64url'), {
        authTagLength: tagBytes,
      })
      decrypt.setAAD(boundTo(name)).setAuthTag(bytes.subarray(-tagBytes))
      try {
        return (
          decrypt.update(bytes.subarray(0, -tagBytes), undefined, 'utf8') + decrypt.final('utf8')
        )
      } catch (error) {
        throw unreadable(name, 'was changed, or sealed for another name', error)
      }
    },

    fingerprint(name, plaintext) {
      const hmac = createHmac('sha256', fingerprintKey)
      // The length keeps ("ab", "c") apart from ("a", "bc").
      return hmac.update(`${name.length}.${name}`).update(plaintext).digest('base64url')
    },
  }
}

function derive(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `howdah vault v1 ${use}`, 32))
}

function unreadable(name: string, why: string, cause?: unknown): AppError {
  return new AppError('CONFIG_KEY_UNREADABLE', `the value of ${name} cannot be read: it ${why}`, {
    details: { name },
    cause,
  })
}
