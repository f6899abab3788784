import { expect, test } from 'vitest'
import { isStartWal } from './start-wal.ts'

const shutdown = (checkpointLsn: string) =>
  isStartWal({ timeline: 2, checkpointLsn, walSegmentBytes: 16 * 1024 * 1024 })

test('a server that was shut down needs the segment of its last checkpoint and the histories, and no more', () => {
  const isNeeded = shutdown('0/5000028')
  const names = ['000000020000000000000004', '000000020000000000000005', '000000020000000000000006']
  expect(names.filter(isNeeded)).toEqual(['000000020000000000000005'])
  expect(isNeeded('00000002.history')).toBe(true)
  expect(isNeeded('000000010000000000000005')).toBe(false)
  expect(isNeeded('000000020000000000000005.00000028.backup')).toBe(false)
})

test('a record that goes over the end of its segment needs both', () => {
  const isNeeded = shutdown('0/5FFFFF0')
  expect(isNeeded('000000020000000000000005')).toBe(true)
  expect(isNeeded('000000020000000000000006')).toBe(true)
  expect(isNeeded('000000020000000000000007')).toBe(false)
})
