import { expect, test } from 'vitest'
import { daemonFailure } from './daemon-failure.ts'

const line = (facts: object): string => JSON.stringify({ time: '2026-01-01', ...facts })
const error = { code: 'STORE_CORRUPT', message: 'it is damaged', hint: 'Put it back.', stack: 'at' }

test('the error that ended a daemon is read from its own last fatal line, whatever comes after', () => {
  const log = [
    line({ level: 50, error: { ...error, code: 'DISK_FULL' }, pid: 7 }),
    line({ level: 60, error, pid: 7, msg: 'daemon failed' }),
    line({ level: 60, error: { ...error, code: 'DAEMON_ALREADY_RUNNING' }, pid: 8 }),
    'error: it is damaged',
    '{"cut off',
  ].join('\n')
  expect(daemonFailure(log, 7)?.toJSON()).toEqual({
    code: 'STORE_CORRUPT',
    message: 'it is damaged',
    hint: 'Put it back.',
  })
  expect(daemonFailure(log, 8)?.code).toBe('DAEMON_ALREADY_RUNNING')
})

test('a daemon that left no such line has no error of its own', () => {
  const log = [line({ level: 30, pid: 7, msg: 'daemon ready' }), line({ level: 60, pid: 7 })]
  expect(daemonFailure(log.join('\n'), 7)).toBeUndefined()
  expect(daemonFailure('', 7)).toBeUndefined()
})
