import { expect, test } from 'vitest'
import { abilitiesOf, parsePatroniVersion } from './version.ts'

test('what Patroni says of its version is read, and other text is none', () => {
  expect(parsePatroniVersion('patroni 3.0.2')).toEqual({ major: 3, minor: 0, patch: 2 })
  expect(parsePatroniVersion('a warning\npatroni 4.1.0\n')).toEqual({
    major: 4,
    minor: 1,
    patch: 0,
  })
  expect(parsePatroniVersion('etcd Version: 3.5.16')).toBeUndefined()
})

test('commit by quorum needs Patroni 4, and anything needs Patroni 3', () => {
  expect(abilitiesOf({ major: 3, minor: 3, patch: 2 })).toMatchObject({
    quorum: false,
    isTooOld: false,
  })
  expect(abilitiesOf({ major: 4, minor: 0, patch: 7 }).quorum).toBe(true)
  expect(abilitiesOf({ major: 2, minor: 1, patch: 7 }).isTooOld).toBe(true)
})
