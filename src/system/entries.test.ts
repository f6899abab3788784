import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changeMark, isFile, isRunnable, namesIn, programsIn } from './entries.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-test-entries-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('names come sorted, and none of what is no folder', async () => {
  for (const name of ['b', 'a']) writeFileSync(join(folder, name), '')
  expect(await namesIn(folder)).toEqual(['a', 'b'])
  expect(await namesIn(join(folder, 'none'))).toEqual([])
  expect(await namesIn(join(folder, 'a'))).toEqual([])
})

test('programs are files with an execute bit, or links to such', async () => {
  writeFileSync(join(folder, 'program'), '', { mode: 0o755 })
  writeFileSync(join(folder, 'text'), '', { mode: 0o644 })
  symlinkSync('program', join(folder, 'link'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  expect(await programsIn(folder)).toEqual(['link', 'program'])
  expect(await isRunnable(join(folder, 'program'))).toBe(true)
  expect(await isRunnable(join(folder, 'text'))).toBe(false)
  expect(await isRunnable(folder)).toBe(false)
  expect(await isFile(join(folder, 'link'))).toBe(true)
  expect(await isFile(join(folder, 'dangling'))).toBe(false)
})

test('a mark changes with the size and when the file goes', async () => {
  const path = join(folder, 'file')
  writeFileSync(path, 'one')
  const before = await changeMark(path)
  expect(await changeMark(path)).toBe(before)
  writeFileSync(path, 'longer')
  expect(await changeMark(path)).not.toBe(before)
  rmSync(path)
  expect(await changeMark(path)).toBe('absent')
})
