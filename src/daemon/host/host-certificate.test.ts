import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority } from '../../system/certificate-authority.ts'
import { hostCertificate } from './host-certificate.ts'
import { openTestHome } from './test-home.suite.ts'

const h1 = { name: 'h1', address: '10.0.0.1' }

test('a host’s certificate names it and its address, and is kept while it fits', async () => {
  const { home } = await openTestHome()
  const authority = await createAuthority({ name: 'test' })
  const pem = await hostCertificate(home, authority, h1)
  const certificate = new X509Certificate(pem)
  expect(certificate.subject).toBe('CN=h1')
  expect(certificate.checkIP('10.0.0.1')).toBe('10.0.0.1')
  // Server and client.
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
  expect(await hostCertificate(home, authority, h1)).toBe(pem)
})

test('another is made for another address or another authority', async () => {
  const { home } = await openTestHome()
  const authority = await createAuthority({ name: 'test' })
  const first = await hostCertificate(home, authority, h1)
  const second = await hostCertificate(home, authority, { ...h1, address: 'fd00::1' })
  expect(second).not.toBe(first)
  expect(await hostCertificate(home, authority, { ...h1, address: 'fd00::1' })).toBe(second)
  const other = await createAuthority({ name: 'other' })
  expect(await hostCertificate(home, other, { ...h1, address: 'fd00::1' })).not.toBe(second)
})
