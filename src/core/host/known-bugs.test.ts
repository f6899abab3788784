import { expect, test } from 'vitest'
import { type HostProgram, KNOWN_BUGS, knownBugsOf } from './known-bugs.ts'
import { compareVersions, type Version } from './version.ts'

const severities = (program: HostProgram, version: Version): string[] =>
  knownBugsOf(program, version).map(({ severity }) => severity)

test.each<[HostProgram, Version, string[]]>([
  ['etcd', [3, 3, 25], ['fail']],
  ['etcd', [3, 4, 23], []],
  ['etcd', [3, 5, 2], ['fail', 'fail', 'warn']],
  ['etcd', [3, 5, 5], ['fail', 'warn']],
  ['etcd', [3, 5, 16], ['warn']],
  ['etcd', [3, 5, 26], []],
  ['etcd', [3, 6, 4], []],
  ['patroni', [2, 1, 2], ['fail']],
  ['patroni', [3, 0, 2], ['warn', 'warn']],
  ['patroni', [4, 0, 7], []],
  ['pgbouncer', [1, 18], ['warn']],
  ['pgbouncer', [1, 22], ['warn']],
  ['pgbouncer', [1, 23], ['fail']],
  ['pgbouncer', [1, 24, 1], []],
  ['pgbackrest', [2, 45], []],
  ['pgbackrest', [2, 49], ['fail']],
  ['pgbackrest', [2, 55, 1], []],
])('%s %j: %j', (program, version, expected) => {
  expect(severities(program, version)).toEqual(expected)
})

test('every range holds at least one release', () => {
  for (const { since, fixedIn } of KNOWN_BUGS) {
    expect(compareVersions(since ?? [0], fixedIn)).toBeLessThan(0)
  }
})
