import { expect, test } from 'vitest'
import type { InstanceDocument } from '../../contract/documents/instance.ts'
import { ARCHIVING_FILE } from '../config/postgresql.ts'
import { instance, member, settingsOf } from './documents.suite.ts'
import { exchange, type Head, renamed } from './exchange.ts'
import { archivingConf, enforcedSettings, memberFiles, placeOf } from './member-document.ts'

const at = '2026-02-03T04:05:06.000Z'
const accounts = ['howdah']
const branch = { service: 'db', lineage: 'lineage1', at, shared: true }

function headOf(changes: Partial<InstanceDocument>, more: Parameters<typeof member>[0] = {}): Head {
  const of: InstanceDocument = { ...instance, ...changes }
  const place = { directory: `/data/${of.id}-0`, socketDirectory: `/run/${of.id}-0` }
  const doc = member({
    ...place,
    project: of.project,
    service: of.service,
    instanceId: of.id,
    endpoint: of.endpoint,
    initialised: true,
    ...more,
  })
  const archiving = archivingConf(of.lineage ?? '', { archive_command: `into ${of.lineage}` })
  const files = memberFiles(of, placeOf(doc), accounts, 'clients', {})
  return {
    instance: of,
    member: {
      ...doc,
      files: { ...files, [ARCHIVING_FILE]: archiving },
      enforced: enforcedSettings(of, placeOf(doc)),
    },
  }
}

const head = headOf({
  lineage: 'lineage1',
  settings: { work_mem: '9MB' },
  tls: 'required',
  suspendAfterMs: 60_000,
})
const taker = headOf(
  {
    service: 'try',
    id: 'i2',
    lineage: 'lineage2',
    endpoint: { host: '127.9.9.9', port: 5433 },
    portWanted: 5433,
    engine: { id: 'npm-16.15', major: 16, minor: 15 },
    initdb: { walSegmentSizeMib: 64 },
    database: 'other',
    memoryBytes: 64 * 1024 * 1024,
    passwordFingerprint: 'print-2',
    createdBy: 'operation2',
    branch,
  },
  { configGeneration: 7, restartGeneration: 4 },
)
const input = { head, taker, keepAs: 'db-before', keptFingerprint: 'print-kept', accounts, now: at }
const exchanged = exchange({ ...input, branch: undefined })

test('the name keeps what clients and compose know it by, and gets the other data', () => {
  expect(exchanged.service.instance).toEqual({
    ...head.instance,
    id: 'i2',
    lineage: 'lineage2',
    engine: { id: 'npm-16.15', major: 16, minor: 15 },
    initdb: { walSegmentSizeMib: 64 },
    database: 'other',
    createdBy: 'operation2',
  })
  expect(exchanged.service.member).toMatchObject({
    service: 'db',
    instanceId: 'i2',
    wanted: 'running',
    directory: '/data/i2-0',
    socketDirectory: '/run/i2-0',
    endpoint: head.instance.endpoint,
    configGeneration: 8,
    restartGeneration: 5,
  })
})

test('the old data is kept stopped, at the other address and under its own name', () => {
  expect(exchanged.kept.instance).toEqual({
    ...head.instance,
    service: 'db-before',
    endpoint: taker.instance.endpoint,
    portWanted: 5433,
    passwordFingerprint: 'print-kept',
    wanted: 'stopped',
    heldSince: at,
  })
  expect(exchanged.kept.member).toMatchObject({
    service: 'db-before',
    instanceId: 'i1',
    wanted: 'stopped',
    directory: '/data/i1-0',
    endpoint: taker.instance.endpoint,
  })
})

test('each server is told the settings of its new name, and archives into the lineage of its data', () => {
  const { service, kept } = exchanged
  const conf = settingsOf(withoutInclude(service.member.files['postgresql.conf']))
  expect(conf).toMatchObject({
    work_mem: '9MB',
    listen_addresses: head.instance.endpoint.host,
    unix_socket_directories: '/run/i2-0',
    ssl_cert_file: '/data/i2-0/tls/server.pem',
    cluster_name: 'shop/db',
    // What initdb was told is in the data, and the settings must fit.
    min_wal_size: '128MB',
  })
  expect(service.member.enforced).toMatchObject({ cluster_name: 'shop/db' })
  expect(service.member.files[ARCHIVING_FILE]).toContain('into lineage2')
  expect(kept.member.files[ARCHIVING_FILE]).toContain('into lineage1')
  expect(service.member.certificate.dnsNames).toContain('db.shop')
  expect(kept.member.certificate).toEqual({
    dnsNames: ['db-before', 'db-before.shop', 'localhost'],
    addresses: ['127.9.9.9', '127.0.0.1'],
  })
})

test('the new server is closed to all but us until its password is that of the name', () => {
  expect(exchanged.service.member.files['pg_hba.conf']).not.toContain('scram-sha-256')
  expect(exchanged.kept.member.files['pg_hba.conf']).toContain('scram-sha-256')
})

test('a name that is no branch does not become one, and a branch stays one when that is said', () => {
  expect(exchanged.service.instance.branch).toBeUndefined()
  expect(exchange({ ...input, branch }).service.instance.branch).toEqual(branch)
})

test('a second exchange brings the first state back but for the counters', () => {
  const back = exchange({
    head: exchanged.service,
    taker: exchanged.kept,
    keepAs: 'try',
    keptFingerprint: 'print-2',
    branch: undefined,
    accounts,
    now: at,
  })
  expect(back.service.instance).toEqual(head.instance)
  const { configGeneration: _c, restartGeneration: _r, ...told } = back.service.member
  const open = { 'pg_hba.conf': head.member.files['pg_hba.conf'] }
  expect({ ...told, files: { ...told.files, ...open } }).toEqual({
    ...told,
    files: head.member.files,
    enforced: head.member.enforced,
    directory: head.member.directory,
  })
})

test('a renamed instance keeps everything but what says its name, without a restart', () => {
  const { instance: as, member: doc } = renamed({
    head: taker,
    to: 'better',
    fingerprint: 'print-3',
    accounts,
  })
  expect(as).toEqual({ ...taker.instance, service: 'better', passwordFingerprint: 'print-3' })
  expect(doc).toMatchObject({
    service: 'better',
    wanted: 'running',
    endpoint: taker.instance.endpoint,
    configGeneration: 8,
    restartGeneration: 4,
  })
  expect(doc.enforced['cluster_name']).toBe('shop/better')
  expect(doc.certificate.dnsNames).toEqual(['better', 'better.shop', 'localhost'])
})

/** The one line that is no setting. */
const withoutInclude = (conf = ''): string =>
  conf
    .split('\n')
    .filter((line) => !line.startsWith('include'))
    .join('\n')
