import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { etcdConfig, type EtcdConfig, parseEtcdVersion, url } from './etcd.ts'

const config: EtcdConfig = {
  name: 'host-b',
  address: '10.0.0.2',
  clientPort: 2379,
  peerPort: 2380,
  metricsPort: 2381,
  directory: '/var/lib/howdah/etcd/data',
  clusterToken: 'c7f3',
  members: [
    { name: 'host-a', address: '10.0.0.1', peerPort: 2380 },
    { name: 'host-b', address: '10.0.0.2', peerPort: 2380 },
  ],
  state: 'existing',
  certificates: { caFile: '/tls/ca.crt', certFile: '/tls/host.crt', keyFile: '/tls/host.key' },
  version: { major: 3, minor: 4 },
}

const tls = {
  'cert-file': '/tls/host.crt',
  'key-file': '/tls/host.key',
  'trusted-ca-file': '/tls/ca.crt',
  'client-cert-auth': true,
}

test('a member has its own addresses, all others’, and mutual TLS on both sides', () => {
  expect(parse(etcdConfig(config))).toMatchObject({
    name: 'host-b',
    'data-dir': '/var/lib/howdah/etcd/data',
    'listen-client-urls': 'https://10.0.0.2:2379',
    'advertise-client-urls': 'https://10.0.0.2:2379',
    'listen-peer-urls': 'https://10.0.0.2:2380',
    'initial-advertise-peer-urls': 'https://10.0.0.2:2380',
    'initial-cluster': 'host-a=https://10.0.0.1:2380,host-b=https://10.0.0.2:2380',
    'initial-cluster-state': 'existing',
    'initial-cluster-token': 'c7f3',
    'client-transport-security': tls,
    'peer-transport-security': tls,
  })
})

test('nothing is listened to in clear but on the machine itself', () => {
  const urls = Object.entries(parse(etcdConfig(config)) as Record<string, unknown>)
    .filter(([name]) => name.startsWith('listen-'))
    .map(([, value]) => String(value))
  expect(urls.filter((text) => !text.startsWith('https://'))).toEqual(['http://127.0.0.1:2381'])
})

test('an address of IPv6 is in brackets', () => {
  expect(url('fd00::1', 2379)).toBe('https://[fd00::1]:2379')
})

test('the interval of progress has the name that the release knows', () => {
  const name = 'watch-progress-notify-interval'
  const of = (minor: number) =>
    Object.keys(parse(etcdConfig({ ...config, version: { major: 3, minor } })) as object)
  expect(of(5)).toContain(`experimental-${name}`)
  expect(of(6)).toContain(name)
})

test.each([
  ['etcd Version: 3.4.23\nGit SHA: Not provided', { major: 3, minor: 4 }],
  ['3.5.30', { major: 3, minor: 5 }],
  ['no etcd', undefined],
])('the version in %j is read', (text, version) => {
  expect(parseEtcdVersion(text)).toEqual(version)
})
