import { expect, test } from 'vitest'
import type { Repository, RepositoryStorage } from '../../contract/repository.ts'
import { keyFiles, pgbackrestConf, type RepositoryAccess, secretsOf } from './pgbackrest.ts'
import { pgbackrestArchiving } from './pgbackrest-archiving.ts'

const values = new Map([
  ['KEY', 'the-key'],
  ['SECRET', 'the-secret'],
  ['PASS', 'the-pass'],
])

const access = (storage: RepositoryStorage, more: Partial<Repository> = {}): RepositoryAccess => ({
  repository: {
    name: 'far',
    project: 'shop',
    asynchronous: false,
    createdAt: '2026-01-02T03:04:05.000Z',
    storage,
    ...more,
  },
  values,
})

const posix = access({ type: 'posix', path: '/srv/backups' })
const s3 = access(
  {
    type: 's3',
    bucket: 'bucket',
    path: '/howdah',
    endpoint: 'minio.example',
    port: 9000,
    region: 'eu-1',
    uriStyle: 'path',
    key: 'KEY',
    secret: 'SECRET',
    caFile: '/ca.crt',
  },
  { passphrase: 'PASS' },
)

const config = (repositories: readonly RepositoryAccess[], minor = 45) => ({
  directory: '/l/abc',
  repositories,
  version: { major: 2, minor },
  answerS: 20,
  backlogBytes: 4096,
})
const lines = (...of: Parameters<typeof config>): string[] =>
  pgbackrestConf(config(...of))
    .split('\n')
    .filter((line) => /^[a-z0-9-]+=/.test(line))

test('each repository gets its number, in their order, and nothing expires by itself', () => {
  const written = lines([posix, s3])
  expect(written).toEqual(
    expect.arrayContaining([
      'repo1-type=posix',
      'repo1-path=/srv/backups',
      'repo1-retention-full=9999999',
      'repo2-type=s3',
      'repo2-s3-bucket=bucket',
      'repo2-s3-endpoint=minio.example',
      'repo2-storage-port=9000',
      'repo2-s3-uri-style=path',
      'repo2-s3-key=the-key',
      'repo2-s3-key-secret=the-secret',
      'repo2-storage-ca-file=/ca.crt',
      'repo2-cipher-type=aes-256-cbc',
      'repo2-cipher-pass=the-pass',
      'expire-auto=n',
      'archive-push-queue-max=4096',
      'io-timeout=20',
    ]),
  )
  expect(written.join()).not.toContain('verify-tls')
  expect(new Set(written.map((line) => line.split('=')[0])).size).toBe(written.length)
})

test('blocks instead of whole files are asked of a release that has them', () => {
  expect(lines([posix])).not.toContain('repo1-block=y')
  expect(lines([posix], 46)).toContain('repo1-block=y')
  expect(lines([posix])).toContain('repo1-bundle=y')
})

test('WAL is pushed in the background when a repository asks for it', () => {
  expect(lines([posix])).toContain('archive-async=n')
  expect(lines([{ ...posix, repository: { ...posix.repository, asynchronous: true } }])).toContain(
    'archive-async=y',
  )
})

test('a key that must be a file is in one, and its name in the configuration', () => {
  const sftp = access({
    type: 'sftp',
    host: 'backup.example',
    user: 'b',
    path: '/b',
    key: 'KEY',
    fingerprint: 'ab'.repeat(32),
  })
  expect(lines([sftp], 46)).toContain('repo1-sftp-private-key-file=/l/abc/keys/far')
  expect(lines([sftp], 46).join()).not.toContain('the-key')
  expect(keyFiles(config([sftp]))).toEqual({ '/l/abc/keys/far': 'the-key\n' })
  expect(keyFiles(config([s3]))).toEqual({})
})

test('a value that would be another option, or be cut, is refused without being told', () => {
  for (const value of ['', ' x', 'x ', 'x\nrepo1-path=/', 'x\r']) {
    const broken = { ...s3, values: new Map([...values, ['SECRET', value]]) }
    expect(() => pgbackrestConf(config([broken]))).toThrow(
      expect.objectContaining({
        code: 'SETTING_INVALID',
        message: expect.not.stringContaining('repo1'),
      }),
    )
  }
  const gone = { ...s3, values: new Map() }
  expect(() => pgbackrestConf(config([gone]))).toThrow(
    expect.objectContaining({ code: 'CONFIG_MISSING' }),
  )
})

test('the secrets of repositories are known, so that no message shows them', () => {
  expect(secretsOf([posix, s3]).toSorted()).toEqual(['the-key', 'the-pass', 'the-secret'])
})

test('a server pushes to the first repository, and to the off-site one without waiting for its success', () => {
  const archiving = {
    major: 16,
    program: '/usr/bin/pgbackrest',
    stanza: 'abc',
    configFile: '/l/a%b/c',
  }
  const alone = pgbackrestArchiving(archiving)
  const push = `'/usr/bin/pgbackrest' '--config=/l/a%%b/c' --stanza=abc --pg1-path="$PWD" archive-push "%p"`
  expect(alone).toEqual({ archive_library: '', archive_command: push })
  expect(pgbackrestArchiving({ ...archiving, major: 14 })).not.toHaveProperty('archive_library')
  const offsite = { configFile: '/l/off', late: '/l/late' }
  expect(pgbackrestArchiving({ ...archiving, offsite })['archive_command']).toBe(
    `${push} && { test -e '/l/late' || ${push.replace('/l/a%%b/c', '/l/off')} || : > '/l/late'; }`,
  )
})
