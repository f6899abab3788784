import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fileMark, readInChunks, readPart, regularFiles } from './regular-files.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'howdah-test-files-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

const MIB = 1024 * 1024

test('the regular files of a tree are named in order, links and pipes are not', async () => {
  const top = folder()
  for (const path of ['b', 'a/inner', 'left out']) mkdirSync(join(top, path), { recursive: true })
  for (const path of ['b/2', 'b/1', 'a/inner/x', 'left out/y', 'z']) {
    writeFileSync(join(top, path), path)
  }
  symlinkSync('z', join(top, 'link'))
  symlinkSync('b', join(top, 'link to b'))
  execFileSync('mkfifo', [join(top, 'pipe')])
  expect(await regularFiles(top, (path) => path !== 'left out')).toEqual([
    'a/inner/x',
    'b/1',
    'b/2',
    'z',
  ])
})

test.each([0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB + 5])(
  'a file of %i bytes is read whole, in chunks of a MiB',
  async (sizeBytes) => {
    const path = join(folder(), 'file')
    const content = Buffer.alloc(sizeBytes, 'some content of its own')
    writeFileSync(path, content)
    const chunks: Buffer[] = []
    const offsets: number[] = []
    const read = await readInChunks(path, (chunk, offset) => {
      chunks.push(Buffer.from(chunk))
      offsets.push(offset)
    })
    expect(read?.sizeBytes).toBe(sizeBytes)
    expect(Buffer.concat(chunks).equals(content)).toBe(true)
    expect(offsets).toEqual(offsets.map((_, i) => i * MIB))
  },
)

test('what is not there, a link and a pipe are no files to read, and a reader does not wait for them', async () => {
  const top = folder()
  writeFileSync(join(top, 'file'), 'content')
  symlinkSync('file', join(top, 'link'))
  execFileSync('mkfifo', [join(top, 'pipe')])
  for (const name of ['none', 'link', 'pipe']) {
    expect(await readInChunks(join(top, name), () => {})).toBeUndefined()
    expect(await readPart(join(top, name), 0, 10)).toBeUndefined()
  }
})

test('a part of a file is shorter at its end', async () => {
  const path = join(folder(), 'file')
  writeFileSync(path, '0123456789')
  expect((await readPart(path, 3, 4))?.toString()).toBe('3456')
  expect((await readPart(path, 8, 4))?.toString()).toBe('89')
  expect((await readPart(path, 20, 4))?.toString()).toBe('')
})

test('reading ends when it is aborted', async () => {
  const path = join(folder(), 'file')
  writeFileSync(path, Buffer.alloc(3 * MIB))
  const stop = new AbortController()
  const reason = new Error('enough')
  const read = readInChunks(path, () => stop.abort(reason), stop.signal)
  await expect(read).rejects.toBe(reason)
})

test('a mark changes with the content, and there is none of nothing', async () => {
  const path = join(folder(), 'file')
  expect(await fileMark(path)).toBeUndefined()
  writeFileSync(path, 'one')
  const before = await fileMark(path)
  expect(await fileMark(path)).toEqual(before)
  writeFileSync(path, 'three')
  expect(await fileMark(path)).not.toEqual(before)
})
