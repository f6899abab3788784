import { expect, test } from 'vitest'
import { installedIn } from './dpkg.ts'

test('what is half-way, removed or unknown does not count as installed; what is held does', () => {
  const text = [
    'etcd-client\tii \t3.5.16-4',
    'etcd-server\tiF \t3.5.16-4',
    'haproxy\thi \t3.0.11-1+deb13u5',
    'patroni\tiU \t4.0.7-3',
    'pgbackrest\trc \t2.55.1-1',
    'pgbouncer\tun \t',
    'python3-etcd\tiHR\t0.4.5-6',
  ].join('\n')
  expect([...installedIn(text)]).toEqual([
    ['etcd-client', '3.5.16-4'],
    ['haproxy', '3.0.11-1+deb13u5'],
  ])
})
