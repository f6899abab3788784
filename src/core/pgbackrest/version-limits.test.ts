import { expect, test } from 'vitest'
import type { RepositoryStorage } from '../../contract/repository.ts'
import { parsePgbackrestVersion, refusalOf, takesBlocks } from './version-limits.ts'

const release = (minor: number) => ({ major: 2, minor })

test('the version is read from what the program says of itself, and from nothing else', () => {
  expect(parsePgbackrestVersion('pgBackRest 2.45')).toEqual(release(45))
  expect(parsePgbackrestVersion('pgBackRest 2.55.1\n')).toEqual(release(55))
  expect(parsePgbackrestVersion('pgbackrest: command not found')).toBeUndefined()
})

test('each Postgres major needs the release that learnt it, and the refusal names that', () => {
  expect(refusalOf(release(45), { major: 15 })).toBeUndefined()
  expect(refusalOf(release(45), { major: 16 })).toBe(
    'pgBackRest 2.45 does not know Postgres 16; 2.46 and later do',
  )
  expect(refusalOf(release(46), { major: 16 })).toBeUndefined()
  expect(refusalOf(release(53), { major: 17 })).toMatch(/Postgres 17; 2\.54/)
  expect(refusalOf(release(55), { major: 18 })).toBeUndefined()
  expect(refusalOf({ major: 3, minor: 0 }, { major: 18 })).toBeUndefined()
})

test('a release before the oldest that was tried is refused whatever is asked', () => {
  expect(refusalOf(release(37), { major: 12 })).toMatch(/2\.45 and later/)
})

test('SFTP, block incremental and certificates for addresses came with their releases', () => {
  const sftp: RepositoryStorage = {
    type: 'sftp',
    host: 'backup.example',
    user: 'b',
    path: '/b',
    key: 'KEY',
    fingerprint: '0'.repeat(64),
  }
  expect(refusalOf(release(45), { storage: sftp })).toMatch(/no SFTP; 2\.46/)
  expect(refusalOf(release(46), { storage: sftp })).toBeUndefined()
  const s3 = (endpoint: string): RepositoryStorage => ({
    type: 's3',
    bucket: 'bucket',
    path: '/',
    region: 'eu-1',
    endpoint,
    uriStyle: 'path',
  })
  expect(refusalOf(release(45), { storage: s3('10.0.0.1') })).toMatch(/addresses; 2\.53/)
  expect(refusalOf(release(45), { storage: s3('::1') })).toMatch(/addresses/)
  expect(refusalOf(release(45), { storage: s3('minio.example') })).toBeUndefined()
  expect([45, 46].map((minor) => takesBlocks(release(minor)))).toEqual([false, true])
})
