import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { MemberPatroni } from '../../contract/documents/member.ts'
import { member } from '../plan/documents.suite.ts'
import { patroniConfig, type PatroniConfig } from './patroni.ts'

const patroni: MemberPatroni = {
  scope: 'i1',
  name: 'h1',
  address: '10.0.0.1',
  restPort: 8008,
  etcd: ['10.0.0.1:7433', '10.0.0.2:7433'],
  founds: false,
  durability: 'sync',
  shared: {},
}
const input: PatroniConfig = {
  doc: member(),
  patroni,
  places: {
    data: '/m/data',
    settings: '/m/patroni/howdah.conf',
    log: '/m/patroni',
    pgpass: '/m/patroni/pgpass',
    certificate: '/m/patroni/peer.pem',
    authority: '/m/patroni/ca.pem',
  },
  dynamic: { ttl: 20 },
  restPassword: 'secret-1',
  accounts: ['howdah'],
  watchdog: undefined,
}
type Tree = { readonly [name: string]: Tree }
const configOf = (changes: Partial<PatroniConfig> = {}): Tree =>
  parse(patroniConfig({ ...input, ...changes })) as Tree

test('whoever has no certificate of ours is told nothing by REST, and etcd is asked by certificate', () => {
  const { restapi, etcd3 } = configOf()
  expect(restapi).toMatchObject({
    listen: '10.0.0.1:8008',
    verify_client: 'required',
    cafile: '/m/patroni/ca.pem',
    authentication: { password: 'secret-1' },
  })
  expect(etcd3).toMatchObject({
    protocol: 'https',
    hosts: patroni.etcd,
    cert: '/m/patroni/peer.pem',
  })
})

test('each text is quoted: to Python’s reader `off` is no text, and an address may be a number', () => {
  const text = patroniConfig(input)
  expect(text).toContain('archive_mode: "')
  expect(text).not.toMatch(/: (?:on|off|yes|no)$/m)
})

test('settings that Patroni gives itself are not in its file, and our enforced ones are', () => {
  const { postgresql } = configOf()
  const names = Object.keys(postgresql?.['parameters'] ?? {})
  expect(names).toEqual(expect.arrayContaining(['ssl', 'unix_socket_directories', 'ssl_ca_file']))
  for (const name of ['port', 'listen_addresses', 'cluster_name', 'wal_level', 'max_wal_senders'])
    expect(names).not.toContain(name)
})

test('an empty member is filled by a copy alone, from the repository first where there is one', () => {
  expect(configOf().bootstrap).toMatchObject({
    method: 'refuse',
    refuse: { command: '/bin/false' },
  })
  expect(configOf().postgresql).toMatchObject({ create_replica_methods: ['basebackup'] })
  const repository = { restore: 'pgbackrest restore', fetchWal: 'pgbackrest archive-get %f "%p"' }
  expect(configOf({ patroni: { ...patroni, repository } }).postgresql).toMatchObject({
    create_replica_methods: ['repository', 'basebackup'],
    repository: { command: 'pgbackrest restore', keep_data: true, no_params: true },
    recovery_conf: { restore_command: repository.fetchWal },
  })
})

test('members prove who they are to one another, by address where libpq compares it', () => {
  const replication = (major: number) =>
    configOf({ doc: member({ engine: { ...member().engine, major } }) }).postgresql?.[
      'authentication'
    ]?.['replication']
  expect(replication(15)).toMatchObject({ sslmode: 'verify-full', sslcert: '/m/patroni/peer.pem' })
  expect(replication(14)).toMatchObject({ sslmode: 'verify-ca' })
})

test('an address of IPv6 stands in brackets', () => {
  const { restapi } = configOf({ patroni: { ...patroni, address: 'fd00::1' } })
  expect(restapi).toMatchObject({ connect_address: '[fd00::1]:8008' })
})

test('a watchdog is used where there is one', () => {
  expect(configOf().watchdog).toEqual({ mode: 'off' })
  expect(configOf({ watchdog: '/dev/watchdog' }).watchdog).toMatchObject({ mode: 'automatic' })
})
