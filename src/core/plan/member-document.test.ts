import { expect, test } from 'vitest'
import { MemberDocument } from '../../contract/documents/member.ts'
import { hbaConf } from '../config/hba.ts'
import { instance, member, place, settingsOf } from './documents.suite.ts'
import { memberFiles } from './member-document.ts'
import { scratchMember } from './scratch-member.ts'

test('the first document of a member wants it running from data that are not there yet', () => {
  const document = member()
  expect(MemberDocument.parse(document)).toEqual(document)
  expect(document).toMatchObject({
    index: 0,
    wanted: 'running',
    initialised: false,
    configGeneration: 1,
    restartGeneration: 1,
    engine: { id: 'npm-16.14', major: 16, binDirectory: '/engines/npm-16.14/bin' },
    endpoint: instance.endpoint,
  })
})

test('the certificate is for every name and address that clients use, each once', () => {
  expect(member().certificate).toEqual({
    dnsNames: ['db', 'db.shop', 'localhost'],
    addresses: ['127.1.2.3', '127.0.0.1'],
  })
})

test('an instance asked the same twice has the same files, byte for byte', () => {
  const files = () => memberFiles(instance, place, ['howdah'], 'clients', {})
  expect(files()).toEqual(files())
  expect(Object.keys(files())).toEqual(['postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'])
})

test('each thing that an instance is asked for shows in its files', () => {
  const base = JSON.stringify(memberFiles(instance, place, ['howdah'], 'clients', {}))
  const changes = [
    { settings: { work_mem: '9MB' } },
    { memoryBytes: 2 * instance.memoryBytes },
    { cpus: 16 },
    { tls: 'required' as const },
    { endpoint: { host: '127.1.2.3', port: 5433 } },
    { user: 'other' },
    { initdb: { walSegmentSizeMib: 64 } },
  ]
  for (const change of changes) {
    const files = memberFiles({ ...instance, ...change }, place, ['howdah'], 'clients', {})
    expect(JSON.stringify(files), JSON.stringify(change)).not.toBe(base)
  }
})

const scratchPlace = { directory: '/try', socketDirectory: '/run/try', certificateFile: '/none' }
const original = member({
  files: { ...member().files, 'postgresql.conf': "max_connections = '321'\nport = '6000'\n" },
  configGeneration: 7,
  restartGeneration: 5,
  initialised: true,
})
const scratch = scratchMember(original, scratchPlace, '/snapshots/s.new', 1000)

test('a server that tries a copy starts from that copy, at a place of its own', () => {
  expect(MemberDocument.parse(scratch)).toEqual(scratch)
  expect(scratch).toMatchObject({
    index: 1000,
    wanted: 'running',
    initialised: false,
    source: { kind: 'copy', directory: '/snapshots/s.new' },
    directory: '/try',
    socketDirectory: '/run/try',
    configGeneration: 1,
    restartGeneration: 1,
  })
})

test('it listens on its socket alone, lets nobody but us in, and archives nothing', () => {
  expect(settingsOf(scratch.files['postgresql.conf']!)).toMatchObject({
    listen_addresses: '',
    unix_socket_directories: '/run/try',
    ssl: 'off',
    archive_mode: 'off',
    autovacuum: 'off',
  })
  expect(scratch.files['pg_hba.conf']).toBe(hbaConf({ tls: 'optional', open: 'admin' }))
})

test('it starts nothing that the original does beside its queries, whatever an ALTER SYSTEM in the copy says', () => {
  const quiet = { shared_preload_libraries: '', max_logical_replication_workers: '0' }
  expect(settingsOf(scratch.files['postgresql.conf']!)).toMatchObject(quiet)
  expect(scratch.enforced).toMatchObject(quiet)
  for (const name of ['max_connections', 'max_worker_processes', 'max_prepared_transactions']) {
    expect(scratch.enforced).not.toHaveProperty(name)
  }
})

test('it keeps the settings of the original that recovery looks at', () => {
  expect(settingsOf(scratch.files['postgresql.conf']!)['max_connections']).toBe('321')
})
