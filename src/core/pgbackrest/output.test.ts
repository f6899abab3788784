import { expect, test } from 'vitest'
import { parseArchiveListing, withFolder } from './archive-listing.ts'
import { faultOf, withoutSecrets, wordsOf } from './failure.ts'
import { parseStanzaInfo, unreadableStanzas } from './info.ts'
import { parseVerifyReport } from './verify-report.ts'

/** As 2.45 printed it, shortened. */
const stanza = (status: { code: number; message: string }, backups: unknown[] = []) => ({
  archive: [],
  backup: backups,
  cipher: 'none',
  db: [],
  name: 'abc',
  repo: [{ cipher: 'none', key: 1, status }],
  status: { code: status.code, lock: { backup: { held: false } }, message: status.message },
})
const full = {
  annotation: { 'howdah-id': 'x' },
  archive: { start: '000000010000000000000002', stop: '000000010000000000000003' },
  backrest: { format: 5, version: '2.45' },
  database: { id: 1, 'repo-key': 1 },
  error: false,
  info: { delta: 22, repository: { delta: 7, size: 8 }, size: 22_992_609 },
  label: '20261120-150916F',
  lsn: { start: '0/2000028', stop: '0/3000050' },
  prior: null,
  reference: null,
  timestamp: { start: 1_795_187_356, stop: 1_795_187_358 },
  type: 'full',
}
/** 2.55 leaves out what is not there, and tells no size of a repository with blocks. */
const incremental = {
  ...full,
  annotation: undefined,
  error: true,
  info: { delta: 8452, repository: { delta: 408, 'delta-map': 0 }, size: 5 },
  label: '20261120-150916F_20261120-150937I',
  reference: ['20261120-150916F'],
  timestamp: { start: 1_795_187_377, stop: 1_795_187_378 },
  type: 'incr',
}
const cold = { ...full, archive: { start: null, stop: null }, lsn: { start: null, stop: null } }

test('backups are read with what they need, whatever release tells of them', () => {
  const text = JSON.stringify([stanza({ code: 0, message: 'ok' }, [incremental, full])])
  const { backups, repositories } = parseStanzaInfo(text, 'abc')
  expect(repositories).toEqual([{ number: 1, state: 'ok', words: 'ok' }])
  expect(backups.map((b) => b.label)).toEqual([full.label, incremental.label])
  expect(backups[0]).toMatchObject({
    kind: 'full',
    annotations: { 'howdah-id': 'x' },
    startLsn: '0/2000028',
    sizeBytes: 22_992_609,
    storedBytes: 7,
    needs: [],
    hasDamagedPages: false,
  })
  expect(backups[1]).toMatchObject({
    kind: 'incremental',
    annotations: {},
    needs: [full.label],
    hasDamagedPages: true,
  })
})

test('a backup of a stopped server has no place in the WAL', () => {
  const text = JSON.stringify([stanza({ code: 0, message: 'ok' }, [cold])])
  const [backup] = parseStanzaInfo(text, 'abc').backups
  expect(backup).not.toHaveProperty('startLsn')
  expect(backup).not.toHaveProperty('startSegment')
})

test('a stanza that is not there is told from one that cannot be read', () => {
  const state = (code: number) =>
    parseStanzaInfo(JSON.stringify([stanza({ code, message: 'm' })]), 'abc').repositories[0]?.state
  expect([0, 1, 2, 3, 99].map(state)).toEqual(['ok', 'missing', 'ok', 'missing', 'failed'])
  expect(parseStanzaInfo('[]', 'abc')).toEqual({ backups: [], repositories: [] })
  expect(() => parseStanzaInfo('no JSON', 'abc')).toThrow(
    expect.objectContaining({ code: 'BACKUP_FAILED' }),
  )
})

test('what could not be decrypted is quoted with its control characters, and is no failure to read', () => {
  const text = JSON.stringify([stanza({ code: 99, message: 'at line 1: X' })]).replace(
    'X',
    '\u0014\u0000',
  )
  expect(unreadableStanzas(text)).toEqual(['abc'])
  expect(unreadableStanzas(JSON.stringify([stanza({ code: 0, message: 'ok' })]))).toEqual([])
})

const sum = (digit: string): string => digit.repeat(40)
const file = (size: number) => ({ type: 'file', size, time: 1 })

test('segments are listed with their sums; another content of one is told, and other files are none', () => {
  const listing = parseArchiveListing(
    JSON.stringify({
      '.': { type: 'path' },
      '0000000200000000': { type: 'path' },
      [`0000000200000000/000000020000000000000005-${sum('c')}.zst`]: file(3),
      [`0000000100000000/000000010000000000000002-${sum('a')}.gz`]: file(1),
      [`0000000100000000/000000010000000000000002-${sum('b')}`]: file(2),
      '0000000100000000/000000010000000000000002.00000028.backup': file(9),
      [`0000000100000000/000000010000000000000004.partial-${sum('d')}.zst`]: file(9),
      '00000002.history': file(9),
    }),
    'archive/abc/15-1',
  )
  expect(listing).toEqual({
    segments: [
      {
        name: '000000010000000000000002',
        sha1: sum('a'),
        path: `archive/abc/15-1/0000000100000000/000000010000000000000002-${sum('a')}.gz`,
        storedBytes: 1,
      },
      {
        name: '000000020000000000000005',
        sha1: sum('c'),
        path: `archive/abc/15-1/0000000200000000/000000020000000000000005-${sum('c')}.zst`,
        storedBytes: 3,
      },
    ],
    different: ['000000010000000000000002'],
  })
  const anew = withFolder(listing, '0000000100000000', parseArchiveListing('{}', 'x'))
  expect(anew.segments.map(({ name }) => name)).toEqual(['000000020000000000000005'])
  expect(anew.different).toEqual([])
})

const report = (...results: string[]): string =>
  [
    'P00   INFO: stanza: abc',
    '            status: ok',
    'stanza: abc',
    'status: ok',
    ...results,
    'P00   INFO: end',
  ].join('\n')
const counts = (missing: number, checksum: number, size = 0, other = 0): string =>
  `    missing: ${missing}, checksum invalid: ${checksum}, size invalid: ${size}, other: ${other}`

test('a report of a verification is read by its counts, never by its first status', () => {
  const text = `P01   INFO: invalid checksum '15-1/0000000100000000/x.zst'
P01   INFO: file missing 'F/bundle/1'
P01   INFO: file missing 'F/bundle/1'
P01   INFO: invalid result 15-1/y.zst: [95] raised from local-1 protocol: unable to flush
${report(
  '  archiveId: 15-1, total WAL checked: 9, total valid WAL: 8',
  counts(0, 1),
  '  backup: F, status: invalid, total files checked: 964, total valid files: 960',
  counts(2, 1, 1, 3),
  '  backup: G, status: manifest missing, total files checked: 0, total valid files: 0',
  '  backup: H, status: valid, total files checked: 1, total valid files: 1',
  counts(0, 0),
)}`
  expect(parseVerifyReport(text)).toEqual({
    results: [
      { missing: 0, changed: 1, other: 0, isValid: false },
      { label: 'F', missing: 2, changed: 2, other: 3, isValid: false },
      { label: 'G', missing: 0, changed: 0, other: 0, isValid: false },
      { label: 'H', missing: 0, changed: 0, other: 0, isValid: true },
    ],
    files: [
      { path: '15-1/0000000100000000/x.zst', kind: 'changed' },
      { path: 'F/bundle/1', kind: 'missing' },
      { path: '15-1/y.zst', kind: 'changed' },
    ],
  })
})

test('a verification that could read nothing has verified nothing', () => {
  expect(parseVerifyReport('')).toBeUndefined()
  expect(parseVerifyReport(report('  No usable backup.info file'))).toBeUndefined()
  expect(
    parseVerifyReport(report('    no archives or backups exist in the repo'))?.results,
  ).toEqual([])
})

test('an exit code says what kind of fault the way to a repository has', () => {
  const http = (status: number) => ({
    exitCode: 39,
    stderr: `ERROR: [039]: HTTP request failed with ${status} (x):`,
  })
  expect([42, 49, 95, 101, 105].map((exitCode) => faultOf({ exitCode, stderr: '' }))).toEqual([
    'timeout',
    'connection',
    'tls',
    'server',
    'credentials',
  ])
  expect([401, 403, 404, 503, 400].map((status) => faultOf(http(status)))).toEqual([
    'credentials',
    'credentials',
    'missing',
    'server',
    'other',
  ])
  expect(faultOf({ exitCode: 56, stderr: 'HTTP request failed with 403' })).toBeUndefined()
})

test('of pgBackRest’s words people get the first, and no secret', () => {
  const stderr = `WARN: x\nP00  ERROR: [095]: unable to verify s3cret-key:\n       HINT: y`
  expect(wordsOf({ exitCode: 95, stderr })).toBe('unable to verify s3cret-key')
  expect(wordsOf({ exitCode: 25, stderr: 'ASSERT' })).toBe('exit code 25')
  expect(withoutSecrets(stderr, ['s3cret-key', 'x', ''])).toContain('verify ***:')
  expect(withoutSecrets(stderr, ['x'])).toContain('WARN: x')
})
