import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exists } from './files.ts'
import { moveTree } from './move-tree.ts'

async function folderIn(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'howdah-move-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function dataIn(folder: string): Promise<string> {
  const data = join(folder, 'data')
  await mkdir(join(data, 'base'), { recursive: true })
  await writeFile(join(data, 'base', 'file'), 'rows')
  return data
}

test('a folder moves within a file system without being copied', async () => {
  const folder = await folderIn(tmpdir())
  const from = await dataIn(folder)
  const { ino } = await stat(from)
  const to = join(folder, 'there')
  await moveTree(from, to, { partial: `${to}.new` })
  expect((await stat(to)).ino).toBe(ino)
  expect(await exists(from)).toBe(false)
})

test('a folder does not move over another one that has something in it', async () => {
  const folder = await folderIn(tmpdir())
  const from = await dataIn(folder)
  const to = await dataIn(join(folder, 'other'))
  await expect(moveTree(from, to, { partial: `${to}.new` })).rejects.toThrow()
  expect(await exists(from)).toBe(true)
})

const otherFileSystem = '/dev/shm'
const isOther = async (): Promise<boolean> =>
  (await exists(otherFileSystem)) &&
  (await stat(otherFileSystem)).dev !== (await stat(tmpdir())).dev

test.runIf(await isOther())(
  'between file systems all of it is there, and then no more here',
  async () => {
    const from = await dataIn(await folderIn(otherFileSystem))
    const folder = await folderIn(tmpdir())
    const to = join(folder, 'there')
    // What a killed try left behind.
    await dataIn(`${to}.new`)
    await moveTree(from, to, { partial: `${to}.new` })
    expect(await readFile(join(to, 'base', 'file'), 'utf8')).toBe('rows')
    expect(await exists(from)).toBe(false)
    expect(await exists(join(to, 'data'))).toBe(false)
    expect(await exists(`${to}.new`)).toBe(false)
  },
)
