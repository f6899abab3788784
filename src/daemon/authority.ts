import { hostname } from 'node:os'
import { AppError } from '../errors/app-error.ts'
import { ensureDirectory, readText, writeAtomic } from '../system/files.ts'
import type { KeyAndCertificate } from '../system/certificate-authority.ts'
import { homeLayout } from './home.ts'

/** This install's certificate authority, made when the home is new. Clients trust it by the file `ca.crt`. */
export async function openAuthority(home: string): Promise<KeyAndCertificate> {
  const { ca, caCertificate, caKey } = homeLayout(home)
  await ensureDirectory(ca, { mode: 0o755 })
  const certPem = await readText(caCertificate)
  const keyPem = await readText(caKey)
  if (certPem !== undefined && keyPem !== undefined) return { certPem, keyPem }
  if (certPem !== undefined) {
    throw new AppError('HOME_UNUSABLE', `${caKey} is missing beside its certificate`, {
      hint: 'Bring the key back from your own backup. To start with a new authority, move ca.crt away; clients must then be given the new one.',
    })
  }
  // Loading it takes some 100 ms, which only a new home pays.
  const { createAuthority } = await import('../system/certificate-authority.ts')
  const made = await createAuthority({ name: `Howdah CA of ${hostname()}` })
  // The key first: a certificate without its key is the state that is refused above.
  await writeAtomic(caKey, made.keyPem, { mode: 0o600 })
  await writeAtomic(caCertificate, made.certPem, { mode: 0o644 })
  return made
}
