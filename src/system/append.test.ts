import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { appendDurably } from './append.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'howdah-test-append-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('text is added to the end of a file, which is made with its mode when missing', async () => {
  const path = join(folder(), 'file')
  await appendDurably(path, 'one\n', { mode: 0o600 })
  await appendDurably(path, 'two\n', { mode: 0o600 })
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a link is not followed', async () => {
  const top = folder()
  writeFileSync(join(top, 'other'), 'other')
  symlinkSync('other', join(top, 'link'))
  await expect(appendDurably(join(top, 'link'), 'x', { mode: 0o600 })).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  })
  expect(readFileSync(join(top, 'other'), 'utf8')).toBe('other')
})

test.runIf(process.platform === 'linux')('a full device is DISK_FULL', async () => {
  await expect(appendDurably('/dev/full', 'x', { mode: 0o600 })).rejects.toMatchObject({
    code: 'DISK_FULL',
  })
})
