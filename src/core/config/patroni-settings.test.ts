import { expect, test } from 'vitest'
import { ownSettings, sharedSettings } from './patroni-settings.ts'

test('what all members must have alike is told apart from what is one’s own', () => {
  const all = { max_connections: '200', work_mem: '4MB', port: '5432', ssl: 'on' }
  expect(sharedSettings(all)).toMatchObject({ max_connections: '200', max_worker_processes: '8' })
  expect(ownSettings(all)).toEqual({ work_mem: '4MB', ssl: 'on' })
})

test('less than Patroni takes becomes the least that it takes, and not its own default', () => {
  expect(sharedSettings({ max_connections: '10', max_wal_senders: '2' })).toMatchObject({
    max_connections: '25',
    max_wal_senders: '3',
  })
})
