import { expect, test } from 'vitest'
import { compareVersions, parseVersion, versionWithin } from './version.ts'

test.each([
  ['3.5.16', [3, 5, 16]],
  ['3.5.16-4', [3, 5, 16]],
  ['1:3.4.23-4+b4', [3, 4, 23]],
  ['3.3.25+dfsg-7', [3, 3, 25]],
  ['4.0.7-3~deb13u1', [4, 0, 7]],
  ['none', undefined],
  ['', undefined],
])('the version of a package, %j, is read', (text, version) => {
  expect(parseVersion(text)).toEqual(version)
})

test.each([
  ['etcd Version: 3.5.16', [3, 5, 16]],
  ['patroni 4.0.7', [4, 0, 7]],
  ['PgBouncer 1.24.1\nlibevent 2.1.12-stable', [1, 24, 1]],
  ['pgBackRest 2.55.1', [2, 55, 1]],
  ['no version', undefined],
])('what a program says of itself, %j, is read', (text, version) => {
  expect(versionWithin(text)).toEqual(version)
})

test('versions compare by number, and what is not said is 0', () => {
  expect(compareVersions([3, 4, 23], [3, 4])).toBeGreaterThan(0)
  expect(compareVersions([3, 10], [3, 9, 9])).toBeGreaterThan(0)
  expect(compareVersions([3, 4], [3, 4, 0])).toBe(0)
  expect(compareVersions([2, 99], [3])).toBeLessThan(0)
})
