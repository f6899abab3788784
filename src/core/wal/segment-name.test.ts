import { expect, test } from 'vitest'
import { formatLsn, lsnOf, parseLsn } from './lsn.ts'
import { nextSegment, parseSegmentName, parseWalFileName, segmentName } from './segment-name.ts'

const MIB = 2 ** 20

test.each([
  ['000000010000000000000001', 16 * MIB, 1, '0/1000000'],
  ['0000000A00000002000000FF', 16 * MIB, 10, '2/FF000000'],
  ['000000010000000000000FFF', MIB, 1, '0/FFF00000'],
  ['000000030000000100000003', 1024 * MIB, 3, '1/C0000000'],
])('%s with segments of %i bytes begins at %s', (name, segmentBytes, timeline, lsn) => {
  expect(parseSegmentName(name, segmentBytes)).toEqual({ timeline, startLsn: lsnOf(lsn) })
  expect(segmentName(timeline, lsnOf(lsn) + BigInt(segmentBytes) - 1n, segmentBytes)).toBe(name)
})

test('a number that segments of this size do not reach is no name', () => {
  expect(parseSegmentName('000000010000000000000100', 16 * MIB)).toBeUndefined()
  expect(parseSegmentName('000000000000000000000001', 16 * MIB)).toBeUndefined()
  expect(parseSegmentName('00000001000000000000000g', 16 * MIB)).toBeUndefined()
  expect(parseSegmentName('00000001000000000000001', 16 * MIB)).toBeUndefined()
})

test('after the last segment of 4 GiB comes the first of the next', () => {
  expect(nextSegment('0000000100000000000000FF', 16 * MIB)).toBe('000000010000000100000000')
  expect(nextSegment('000000010000000000000003', 1024 * MIB)).toBe('000000010000000100000000')
  expect(nextSegment('000000010000000000000003', 16 * MIB)).toBe('000000010000000000000004')
})

test.each([
  ['000000010000000000000001', { kind: 'segment', segment: '000000010000000000000001' }],
  ['000000010000000000000001.partial', { kind: 'partial', segment: '000000010000000000000001' }],
  [
    '000000010000000000000001.00000028.backup',
    { kind: 'backup', segment: '000000010000000000000001' },
  ],
  ['00000001.history', { kind: 'history' }],
])('%s is what a server archives', (name, file) => {
  expect(parseWalFileName(name)).toEqual({ ...file, timeline: 1 })
})

test.each([
  '000000010000000000000001.zst',
  '000000010000000000000001.tmp',
  '00000000.history',
  '0000000g.history',
  'archive_status',
  'RECOVERYXLOG',
  '',
])('“%s” is not', (name) => {
  expect(parseWalFileName(name)).toBeUndefined()
})

test('a place in the WAL is read as it is printed', () => {
  for (const text of ['0/0', '0/3000028', 'A/B', 'FFFFFFFF/FFFFFFFF']) {
    expect(formatLsn(lsnOf(text))).toBe(text)
  }
  expect(parseLsn('0/a0')).toBe(160n)
  for (const text of ['', '0', '/', '0/', '0/G', '0/123456789', ' 0/1', '0/1/2']) {
    expect(parseLsn(text)).toBeUndefined()
  }
  expect(() => lsnOf('nonsense')).toThrow('“nonsense” is no place in the WAL')
})
