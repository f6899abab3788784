import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { certificateExpiry, certificateNames } from './certificate.ts'
import { createAuthority, type KeyAndCertificate } from './certificate-authority.ts'
import { removeTree } from './files.ts'
import { issueServerCertificate } from './server-certificate.ts'

const authority = await createAuthority({ name: 'Test authority, of "commas"' })
const request = {
  commonName: 'database',
  dnsNames: ['localhost', 'database'],
  ipAddresses: ['127.0.0.1', '::1'],
  days: 365,
}
const server = await issueServerCertificate(authority, request)

/** RFC 5280, 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

/** Connects with full verification; resolves to undefined, or the code of the refusal. */
async function handshake(
  own: KeyAndCertificate,
  ca: string,
  host: string,
): Promise<string | undefined> {
  const listener = createServer({ key: own.keyPem, cert: own.certPem }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  onTestFinished(() => void listener.close())
  const { port } = listener.address() as AddressInfo
  const servername = host.includes('.') ? {} : { servername: host }
  const socket = connect({ host: '127.0.0.1', port, ca, ...servername, minVersion: 'TLSv1.2' })
  onTestFinished(() => void socket.destroy())
  try {
    await once(socket, 'secureConnect')
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

test('a client that trusts the authority verifies the server by name and by address', async () => {
  expect(await handshake(server, authority.certPem, 'database')).toBeUndefined()
  expect(await handshake(server, authority.certPem, '127.0.0.1')).toBeUndefined()
})

test('another name, and another authority, are refused', async () => {
  expect(await handshake(server, authority.certPem, 'elsewhere')).toBe(
    'ERR_TLS_CERT_ALTNAME_INVALID',
  )
  const other = await createAuthority({ name: 'Test authority, of "commas"' })
  expect(await handshake(server, other.certPem, 'database')).toBeTypeOf('string')
})

test('a certificate says its names, and never outlives its authority', async () => {
  expect(certificateNames(server.certPem)).toEqual({
    dnsNames: ['localhost', 'database'],
    ipAddresses: ['127.0.0.1', '0:0:0:0:0:0:0:1'],
  })
  const short = await createAuthority({ name: 'short', days: 2 })
  const issued = await issueServerCertificate(short, request)
  expect(certificateExpiry(issued.certPem)).toEqual(certificateExpiry(short.certPem))
  expect(certificateExpiry(server.certPem) < certificateExpiry(authority.certPem)).toBe(true)
})

test('a certificate is good for clients too only where that was asked for', async () => {
  const both = await issueServerCertificate(authority, { ...request, alsoClient: true })
  const usages = (certPem: string) => new X509Certificate(certPem).keyUsage
  expect(usages(server.certPem)).toEqual([SERVER_AUTH])
  expect(usages(both.certPem)).toEqual([SERVER_AUTH, CLIENT_AUTH])
})

test('the authority signs and the server does not', () => {
  const ca = new X509Certificate(authority.certPem)
  const own = new X509Certificate(server.certPem)
  expect(ca.ca).toBe(true)
  expect(own.ca).toBe(false)
  expect(own.checkIssued(ca)).toBe(true)
  expect(own.verify(ca.publicKey)).toBe(true)
  expect(own.serialNumber).not.toBe(ca.serialNumber)
  expect(ca.subject).toContain('commas')
})

test.runIf(spawnSync('openssl', ['version']).status === 0)(
  'openssl verifies the chain strictly',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'howdah-tls-'))
    onTestFinished(() => removeTree(folder))
    await writeFile(join(folder, 'ca.pem'), authority.certPem)
    await writeFile(join(folder, 'server.pem'), server.certPem)
    await writeFile(join(folder, 'key.pem'), server.keyPem, { mode: 0o600 })
    const verify = [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-CAfile',
      join(folder, 'ca.pem'),
    ]
    for (const check of [
      ['-verify_hostname', 'database'],
      ['-verify_ip', '127.0.0.1'],
      ['-verify_ip', '::1'],
    ]) {
      const output = execFileSync('openssl', [...verify, ...check, join(folder, 'server.pem')])
      expect(output.toString()).toContain('OK')
    }
    execFileSync('openssl', ['pkey', '-in', join(folder, 'key.pem'), '-check', '-noout'])
  },
)
