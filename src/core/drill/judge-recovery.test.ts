import { expect, test } from 'vitest'
import { judgeRecovery } from './judge-recovery.ts'

const MIB = 1024 * 1024
const recovery = {
  history: '1\t0/5000148\tat restore point "howdah-drill-1"\n',
  backup: { id: '20261120-150312-1a2b3c', startLsn: '0/2000028' },
  archived: undefined,
  walSegmentBytes: 16 * MIB,
}

test('a server that recovered tells how much it replayed and where it stopped', () => {
  expect(judgeRecovery(recovery)).toEqual({
    check: {
      kind: 'start',
      outcome: 'passed',
      sentence:
        'the server started from 20261120-150312-1a2b3c, replayed 48 MiB of WAL up to 0/5000148 and takes connections',
    },
    walBytes: 48 * MIB + 0x120,
  })
})

test('a replay of everything must have reached the last archived file', () => {
  const outcome = (archived: string) => judgeRecovery({ ...recovery, archived }).check.outcome
  expect(outcome('0/6000000')).toBe('passed')
  expect(outcome('0/7000000')).toBe('failed')
  const whole = { ...recovery, history: '1\t0/6000000\tno recovery target specified\n' }
  expect(judgeRecovery({ ...whole, archived: '0/6000000' }).check.outcome).toBe('passed')
  expect(judgeRecovery({ ...whole, archived: '0/8000000' }).check.sentence).toBe(
    'the replay ended at 0/6000000, and the archive goes on until 0/8000000',
  )
})

test('a server that began no timeline of its own did not recover', () => {
  expect(judgeRecovery({ ...recovery, history: '' }).check.outcome).toBe('failed')
})
