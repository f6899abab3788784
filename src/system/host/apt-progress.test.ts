import { expect, test } from 'vitest'
import { aptProgress, isStatusLine } from './apt-progress.ts'

test.each([
  ['dlstatus:3:12.5:Retrieving file 3 of 40 (30s remaining)', 'fetches packages: 12 %'],
  [
    'pmstatus:etcd-server:45.1:Unpacking etcd-server (amd64)',
    'Unpacking etcd-server (amd64) (45 %)',
  ],
  ['pmstatus:dpkg-exec:0:Running dpkg', 'Running dpkg (0 %)'],
  ['pmstatus:libc6:amd64:7.3:Installing libc6:amd64', 'Installing libc6:amd64 (7 %)'],
  ['pmerror:etcd-server:45.1:trouble', undefined],
  ['Setting up etcd-server (3.5.16-4) ...', undefined],
])('%j is %j', (line, expected) => {
  expect(aptProgress(line, false)).toBe(expected)
})

test('when all is fetched, only the installation counts', () => {
  expect(aptProgress('dlstatus:1:100:Retrieving file 1 of 1', true)).toBeUndefined()
  expect(aptProgress('pmstatus:patroni:98.0:Configuring patroni', true)).toContain('patroni')
})

test('what is for programs is not told to people', () => {
  expect(isStatusLine('pmerror:etcd-server:45.1:trouble')).toBe(true)
  expect(isStatusLine('E: Unable to locate package etcd-server')).toBe(false)
})
