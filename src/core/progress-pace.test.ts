import { expect, test } from 'vitest'
import { progressPace } from './progress-pace.ts'

const MIB = 1024 * 1024

test('copying shows its rate and the time left once two looks are far enough apart', () => {
  const pace = progressPace()
  const at = (mib: number, nowMs: number): string =>
    pace({ stage: 'copying', bytesDone: mib * MIB, bytesTotal: 1000 * MIB }, nowMs)
  expect(at(0, 0)).toBe('0 B of 1000 MiB copied')
  expect(at(100, 1000)).toBe('100 MiB of 1000 MiB copied')
  expect(at(200, 2000)).toBe('200 MiB of 1000 MiB copied, 100 MiB/s, 8 s left')
})

test('the rate follows the last seconds, not the beginning', () => {
  const pace = progressPace()
  const at = (mib: number, nowMs: number): string =>
    pace({ stage: 'copying', bytesDone: mib * MIB, bytesTotal: 100_000 * MIB }, nowMs)
  at(0, 0)
  at(50_000, 2000)
  at(50_100, 20_000)
  expect(at(50_200, 30_000)).toContain(', 10 MiB/s, 1 h 23 m left')
})

test('without a total there is a rate and no time left; a standstill has neither', () => {
  const pace = progressPace()
  pace({ stage: 'copying', bytesDone: 0 }, 0)
  expect(pace({ stage: 'copying', bytesDone: 10 * MIB }, 2000)).toBe('10 MiB copied, 5 MiB/s')
  const still = progressPace()
  still({ stage: 'copying', bytesDone: MIB }, 0)
  expect(still({ stage: 'copying', bytesDone: MIB }, 5000)).toBe('1 MiB copied')
})

test('replay counts the WAL between where it began and where it ends, and starts its own rate', () => {
  const span = { startLsn: '0/2000028', endLsn: '0/A000000', segmentBytes: 16 * MIB }
  const pace = progressPace(span)
  pace({ stage: 'copying', bytesDone: 900 * MIB }, 0)
  const at = (segment: string, nowMs: number): string =>
    pace({ stage: 'replaying', segment }, nowMs)
  expect(at('000000010000000000000002', 1000)).toBe('0 B of 128 MiB of WAL replayed')
  expect(at('000000010000000000000006', 3000)).toBe(
    '64 MiB of 128 MiB of WAL replayed, 32 MiB/s, 3 s left',
  )
})

test('without knowing the WAL the segment is shown', () => {
  const pace = progressPace()
  expect(pace({ stage: 'replaying', segment: '000000010000000000000002' }, 0)).toBe(
    'replaying WAL 000000010000000000000002',
  )
})
