import { existsSync, renameSync, symlinkSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { removeTree } from './remove-tree.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-remove-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const names = Array.from({ length: 300 }, (_, index) => `d${index}`)

/** Many folders with a file in each. */
async function filled(folder: string): Promise<void> {
  for (const name of names) {
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'file'), '')
  }
}

test('a tree is removed whole, a file too, and nothing there is no error', async () => {
  const folder = await newFolder()
  await mkdir(join(folder, 'a', 'b'), { recursive: true })
  await writeFile(join(folder, 'a', 'b', 'file'), '')
  await writeFile(join(folder, 'file'), '')
  for (const name of ['a', 'file', 'nothing']) await removeTree(join(folder, name))
  expect(await readdir(folder)).toEqual([])
})

test('links are removed and what they lead to stays', async () => {
  const folder = await newFolder()
  await mkdir(join(folder, 'kept'))
  await writeFile(join(folder, 'kept', 'file'), '')
  await mkdir(join(folder, 'a'))
  await symlink(join(folder, 'kept'), join(folder, 'a', 'link'))
  await symlink(join(folder, 'kept'), join(folder, 'link'))
  await removeTree(join(folder, 'a'))
  await removeTree(join(folder, 'link'))
  expect(await readdir(folder)).toEqual(['kept'])
  expect(await readdir(join(folder, 'kept'))).toEqual(['file'])
})

test.runIf(process.platform === 'linux')(
  'a folder that is swapped for a link during the removal is not emptied through it',
  async () => {
    const folder = await newFolder()
    const [root, kept] = [join(folder, 'root'), join(folder, 'kept')]
    await filled(join(root, 'a'))
    await filled(kept)
    const [first = ''] = await readdir(join(root, 'a'))
    const removing = removeTree(root)
    while (existsSync(join(root, 'a', first, 'file'))) await turn()
    renameSync(join(root, 'a'), join(root, 'moved'))
    symlinkSync(kept, join(root, 'a'))
    await removing
    expect(existsSync(root)).toBe(false)
    expect(await readdir(kept)).toHaveLength(names.length)
  },
)
