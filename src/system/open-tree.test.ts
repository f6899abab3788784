import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureLink, openTree } from './open-tree.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-open-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const modeOf = (path: string) => (statSync(join(folder, path)).mode & 0o777).toString(8)

test('every account may read it all and run the programs, whatever the modes were', async () => {
  mkdirSync(join(folder, 'tree', 'bin'), { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'tree', 'bin', 'server'), '', { mode: 0o600 })
  writeFileSync(join(folder, 'tree', 'text'), '', { mode: 0o777 })
  await ensureLink(join(folder, 'tree', 'dangling'), join(folder, 'tree', 'nowhere'))
  await openTree(join(folder, 'tree'), (path) => path.startsWith('bin/'))
  expect(['tree', 'tree/bin', 'tree/bin/server', 'tree/text'].map(modeOf)).toEqual([
    '755',
    '755',
    '755',
    '644',
  ])
})

test('a link still leads to its target when both are moved, and what is there stays', async () => {
  mkdirSync(join(folder, 'tree'))
  writeFileSync(join(folder, 'tree', 'libpq.so.5.16'), 'library')
  const link = join(folder, 'tree', 'deep', 'libpq.so')
  await ensureLink(link, join(folder, 'tree', 'libpq.so.5.16'))
  await ensureLink(link, join(folder, 'tree', 'another'))
  expect(readlinkSync(link)).toBe('../libpq.so.5.16')
  renameSync(join(folder, 'tree'), join(folder, 'moved'))
  expect(readFileSync(join(folder, 'moved', 'deep', 'libpq.so'), 'utf8')).toBe('library')
})
