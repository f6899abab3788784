import { expect, test } from 'vitest'
import { lineageDocument, recipe } from './documents.suite.ts'
import { drillMember } from './drill-member.ts'
import { isScratch } from './scratch-member.ts'

const MIB = 1024 * 1024
const lineage = lineageDocument({
  id: 'lineage001',
  walSegmentBytes: 64 * MIB,
  recipe: {
    ...recipe,
    settings: {
      max_prepared_transactions: '20',
      synchronous_standby_names: 'gone',
      shared_preload_libraries: 'pg_cron',
    },
    tls: 'required',
    portWanted: 5433,
    initdb: { walSegmentSizeMib: 64 },
  },
})
const directory = '/instances/shop/db/lineage001-drill-2000'
const member = drillMember({
  lineage,
  id: 'lineage001-drill',
  index: 2000,
  engine: { id: 'npm-16.14', major: 16, minor: 14, binDirectory: '/engines/npm-16.14/bin' },
  place: {
    directory,
    socketDirectory: '/run/pg/drill',
    certificateFile: `${directory}/tls/server.pem`,
  },
  accounts: ['howdah'],
  source: { kind: 'copy', directory: '/bases/b1/data', durable: false, recover: true },
  recovery: { restore_command: 'fetch %f %p', hot_standby: 'off' },
})
const conf = member.files['postgresql.conf'] ?? ''

test('a drill’s server recovers in the background, alone, and never counts as one of the instance’s own', () => {
  expect(member).toMatchObject({
    project: 'shop',
    service: 'db',
    index: 2000,
    wanted: 'running',
    priority: 'background',
    initialised: false,
    recovery: { restore_command: 'fetch %f %p', hot_standby: 'off' },
    source: { kind: 'copy', directory: '/bases/b1/data' },
    endpoint: { host: '', port: 5433 },
  })
  expect(isScratch(member)).toBe(true)
  expect(member.files['pg_hba.conf']).not.toContain('host')
})

test('it has the settings that the WAL needs, and none by which it would do what its original does', () => {
  expect(conf).toContain(`max_prepared_transactions = '20'`)
  expect(member.enforced).toMatchObject({
    listen_addresses: '',
    archive_mode: 'off',
    shared_preload_libraries: '',
    synchronous_standby_names: '',
    max_logical_replication_workers: '0',
  })
})

test('it fits its WAL segments and never waits for the disk', () => {
  expect(conf).toContain(`min_wal_size = '128MB'`)
  expect(member.enforced['fsync']).toBe('off')
})
