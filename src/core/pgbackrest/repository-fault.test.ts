import { expect, test } from 'vitest'
import { Repository, type RepositoryCheck } from '../../contract/repository.ts'
import { destinationOf, faultSentence } from './repository-fault.ts'

const repository = Repository.parse({
  name: 'far',
  project: 'shop',
  asynchronous: false,
  passphrase: 'PASS',
  createdAt: '2026-01-02T03:04:05.000Z',
  storage: {
    type: 's3',
    bucket: 'backups',
    path: '/',
    endpoint: 'minio.example',
    port: 9000,
    region: 'eu-1',
    uriStyle: 'host',
    key: 'S3_KEY',
    secret: 'S3_SECRET',
  },
})
const said = (fault: NonNullable<RepositoryCheck['fault']>, code?: string): string =>
  faultSentence(repository, { fault, code, words: 'pgBackRest’s words' })

test('each fault is one sentence that names the repository and what to do', () => {
  expect(said('name', 'ENOTFOUND')).toContain('backups.minio.example has no address (ENOTFOUND)')
  expect(said('connection', 'ECONNREFUSED')).toContain('minio.example:9000 (ECONNREFUSED)')
  expect(said('tls', 'CERT_HAS_EXPIRED')).toContain('it has expired')
  expect(said('tls', 'ERR_TLS_CERT_ALTNAME_INVALID')).toContain('it is for another name')
  expect(said('credentials')).toContain('howdah config set -p shop S3_KEY and S3_SECRET')
  expect(said('missing')).toContain('no bucket “backups”')
  expect(said('passphrase')).toContain('the config PASS')
  expect(said('other')).toContain('pgBackRest’s words')
  for (const fault of ['timeout', 'server', 'space'] as const) {
    expect(said(fault)).toMatch(/^“far”: [^\n]+$/)
  }
})

test('where a store listens follows from its kind and how its addresses are made', () => {
  expect(destinationOf(repository.storage)).toMatchObject({
    host: 'backups.minio.example',
    port: 9000,
  })
  const azure = {
    type: 'azure',
    account: 'acme',
    container: 'backups',
    path: '/',
    keyType: 'shared',
    key: 'K',
  } as const
  expect(destinationOf({ ...azure, uriStyle: 'host' })).toMatchObject({
    host: 'acme.blob.core.windows.net',
    port: 443,
  })
  expect(destinationOf({ ...azure, uriStyle: 'path', endpoint: 'localhost' })?.host).toBe(
    'localhost',
  )
  expect(destinationOf({ type: 'gcs', bucket: 'backups', path: '/' })?.host).toBe(
    'storage.googleapis.com',
  )
  expect(destinationOf({ type: 'posix', path: '/b' })).toBeUndefined()
})
