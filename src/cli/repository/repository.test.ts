import { expect, test } from 'vitest'
import type { Repository } from '../../contract/repository.ts'
import { howdah } from '../fake-daemon.suite.ts'
import { locationText } from './location-text.ts'
import { parseLocation } from './parse-location.ts'

const createdAt = '2026-01-02T03:04:05.000Z'
const keys = { key: '@KEY', secret: '@SECRET' }

test('a place is read with the defaults of its kind, and written as it was', () => {
  const s3 = parseLocation('s3://acme/howdah', { ...keys, region: 'eu-central-1' })
  expect(s3).toEqual({
    type: 's3',
    bucket: 'acme',
    path: '/howdah',
    endpoint: 's3.eu-central-1.amazonaws.com',
    region: 'eu-central-1',
    uriStyle: 'host',
    key: 'KEY',
    secret: 'SECRET',
  })
  const own = parseLocation('s3://b-1', {
    ...keys,
    endpoint: 'minio.example:9000',
    pathStyle: true,
  })
  expect(own).toMatchObject({ endpoint: 'minio.example', port: 9000, path: '/', uriStyle: 'path' })
  const azure = parseLocation('azure://acme/backups/a/b', { key: '@KEY', sas: true })
  expect(azure).toMatchObject({
    account: 'acme',
    container: 'backups',
    path: '/a/b',
    keyType: 'sas',
  })
  const fingerprint = 'AB'.repeat(32)
  const sftp = parseLocation('sftp://b@host.example:2222/srv', { key: '@KEY', fingerprint })
  expect(sftp).toMatchObject({ user: 'b', port: 2222, fingerprint: fingerprint.toLowerCase() })
  const gcs = parseLocation('gs://acme/x', { key: '@KEY' })
  expect([s3, own, azure, sftp, gcs, parseLocation('/srv/b', {})].map(locationText)).toEqual([
    's3://acme/howdah',
    's3://b-1',
    'azure://acme/backups/a/b',
    'sftp://b@host.example:2222/srv',
    'gs://acme/x',
    '/srv/b',
  ])
})

test('what is no place, or says too much or too little of one, is refused', () => {
  const refused = (text: string, flags: Parameters<typeof parseLocation>[1]) =>
    expect(() => parseLocation(text, flags)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  refused('ftp://host/x', {})
  refused('/srv/backups', { region: 'eu' })
  refused('s3://acme', { key: '@KEY' })
  refused('s3://acme', { ...keys, endpoint: 'https://minio.example' })
  refused('azure://acme/backups', {})
  refused('azure://acme', { key: '@KEY' })
  refused('sftp://host/x', { key: '@KEY', fingerprint: 'ab'.repeat(32) })
  refused('sftp://b@host/x', { key: '@KEY', fingerprint: 'ab' })
})

test('a key itself is refused and not repeated: it is given by the name of a config', async () => {
  const words = [
    'repository',
    'add',
    'far',
    'azure://acme/backups',
    '--key',
    's3cret',
    '-p',
    'shop',
  ]
  const { status, stderr } = await howdah(words)
  expect(status).toBe(64)
  expect(stderr).toContain('howdah config set')
  expect(stderr).not.toContain('s3cret')
})

test('add makes a repository known and checks it; what is wrong is the last word and the status', async () => {
  const asked: unknown[] = []
  const add = (ok: boolean, more: readonly string[] = []) =>
    howdah(['repository', 'add', 'far', 's3://acme/h', '--key', '@K', '--secret', '@S', ...more], {
      env: { COMPOSE_PROJECT_NAME: 'shop' },
      answers: {
        addRepository: async ({ replace, ...input }) => {
          asked.push({ replace, ...input })
          return { ...input, createdAt }
        },
        checkRepository: async ({ name }) => ({
          name,
          ok,
          sentence: 'the sentence',
          checkedAt: createdAt,
        }),
      },
    })
  const good = await add(true, ['--encrypt', '@PASS', '--keep', '90d'])
  expect(good).toMatchObject({ status: 0, stderr: '' })
  expect(good.stdout).toContain('s3://acme/h')
  expect(good.stdout).toContain('the sentence')
  expect(asked[0]).toMatchObject({
    name: 'far',
    project: 'shop',
    passphrase: 'PASS',
    keepMs: 90 * 86_400_000,
    replace: false,
    asynchronous: false,
  })
  const bad = await add(false)
  expect(bad.status).toBe(69)
  expect(bad.stderr).toContain('the sentence')
  expect(bad.stderr).toContain('not encrypted')
  expect((await add(false, ['--no-check'])).status).toBe(0)
})

const far: Repository = {
  name: 'far',
  project: 'shop',
  storage: { type: 'posix', path: '/srv/b' },
  passphrase: 'PASS',
  asynchronous: false,
  createdAt,
}

test('ls lists places without a secret, and check and rm tell what they did', async () => {
  const answers = {
    listRepositories: async () => [far],
    checkRepository: async () => ({
      name: 'far',
      ok: true,
      sentence: 'fine',
      checkedAt: createdAt,
    }),
    removeRepository: async () => ({ removed: 'far' }),
  }
  const ls = await howdah(['repository', 'ls'], { answers })
  expect(ls.stdout).toMatch(/far +\/srv\/b +with PASS +shop/)
  const json = await howdah(['repository', 'ls', '--json'], { answers })
  expect(JSON.parse(json.stdout)).toEqual([far])
  expect((await howdah(['repository', 'check', 'far'], { answers })).stdout).toContain('fine')
  expect((await howdah(['repository', 'rm', 'far'], { answers })).stdout).toContain('Forgot')
  const none = { listRepositories: async () => [] }
  expect((await howdah(['repository', 'ls'], { answers: none })).stderr).toContain(
    'No repositories',
  )
})
