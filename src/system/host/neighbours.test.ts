import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { distributionClusters, serverName, strangerOn } from './neighbours.ts'
import { serviceInGroups } from './service-of.ts'

test.each([
  [['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main'], 'postgres'],
  [['postgres: checkpointer '], undefined],
  [['/usr/bin/python3', '/usr/bin/patroni', '/etc/patroni/config.yml'], 'patroni'],
  [['/usr/bin/python3.13', '/usr/bin/other'], undefined],
  [['/usr/sbin/haproxy', '-Ws'], 'haproxy'],
  [['etcd'], 'etcd'],
  [['etcdctl', 'get'], undefined],
  [[], undefined],
])('the command line %j is %j', (args, expected) => {
  expect(serverName(args)).toBe(expected)
})

test.each([
  ['0::/system.slice/etcd.service', 'etcd.service'],
  [
    '0::/system.slice/system-postgresql.slice/postgresql@15-main.service',
    'postgresql@15-main.service',
  ],
  ['12:pids:/x\n1:name=systemd:/system.slice/nginx.service\n0::/x', 'nginx.service'],
  ['0::/system.slice/docker-2f1a.scope', undefined],
  ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service', undefined],
  ['0::/', undefined],
])('the service in the control groups %j is %j', (text, expected) => {
  expect(serviceInGroups(text)).toBe(expected)
})

test('the clusters of the distribution are read from their folders, of which there may be none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-clusters-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  expect(await distributionClusters(join(folder, 'none'))).toEqual([])
  for (const path of ['15/main', '15/second', '17', 'notes/x']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  expect(await distributionClusters(folder)).toEqual(['15/main', '15/second'])
})

test('our own process on a port is no stranger, and a port that nobody shows has an unknown one', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(strangerOn('/nowhere', port, '127.0.0.1')).toBeUndefined()
  server.close()
  await once(server, 'close')
  expect(strangerOn('/nowhere', port, '127.0.0.1')).toBe('unknown')
})
