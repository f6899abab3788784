import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { allowServices, forbidServices } from './service-policy.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-policy-'))
  path = join(folder, 'policy-rc.d')
})
afterEach(() => rmSync(folder, { recursive: true }))

const theirs = '#!/bin/sh\n# mine\nexit 104\n'
const answer = () => spawnSync(path, ['etcd', 'start']).status

test('services are forbidden, and then there is no policy as before', async () => {
  await forbidServices(path)
  expect(answer()).toBe(101)
  await allowServices(path)
  expect(readdirSync(folder)).toEqual([])
})

test('a policy that was there comes back as it was, also after repetitions', async () => {
  writeFileSync(path, theirs)
  chmodSync(path, 0o750)
  await forbidServices(path)
  await forbidServices(path)
  expect(answer()).toBe(101)
  await allowServices(path)
  await allowServices(path)
  expect(readFileSync(path, 'utf8')).toBe(theirs)
  expect(statSync(path).mode & 0o777).toBe(0o750)
  expect(readdirSync(folder)).toEqual(['policy-rc.d'])
})

test('a link comes back as a link', async () => {
  writeFileSync(join(folder, 'real'), theirs)
  symlinkSync('real', path)
  await forbidServices(path)
  await allowServices(path)
  expect(readFileSync(path, 'utf8')).toBe(theirs)
  expect(readdirSync(folder).toSorted()).toEqual(['policy-rc.d', 'real'])
})

test('one that somebody wrote meanwhile stays, and the one before it goes', async () => {
  writeFileSync(path, theirs)
  await forbidServices(path)
  rmSync(path)
  writeFileSync(path, '#!/bin/sh\nexit 0\n')
  await allowServices(path)
  expect(readFileSync(path, 'utf8')).toBe('#!/bin/sh\nexit 0\n')
  expect(readdirSync(folder)).toEqual(['policy-rc.d'])
})

test('when ours was removed by hand, the one before it comes back all the same', async () => {
  writeFileSync(path, theirs)
  await forbidServices(path)
  rmSync(path)
  expect(existsSync(path)).toBe(false)
  await allowServices(path)
  expect(readFileSync(path, 'utf8')).toBe(theirs)
})
