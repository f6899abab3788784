import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../system/certificate-authority.ts'
import { apiCertificate } from './api-certificate.ts'

async function newPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-api-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { file: join(folder, 'api.pem'), authority: await createAuthority({ name: 'test' }) }
}

test.each(['10.77.0.11', 'fd00::a:1', '::', '0.0.0.0'])(
  'the API’s certificate for %s is kept from one start to the next, and made anew for another address or authority',
  async (address) => {
    const { file, authority } = await newPlace()
    const made = await apiCertificate(file, authority, { address, names: ['db.example'] })
    expect(await apiCertificate(file, authority, { address, names: ['db.example'] })).toEqual(made)
    const moved = { address: 'fd00::b', names: [] }
    expect((await apiCertificate(file, authority, moved)).cert).not.toBe(made.cert)
    const other = await createAuthority({ name: 'other' })
    const kept = await apiCertificate(file, authority, moved)
    expect((await apiCertificate(file, other, moved)).cert).not.toBe(kept.cert)
  },
)
