import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { chownTree } from './chown-tree.ts'

const nobody = { uid: 65_534, gid: 65_534 }

test.runIf(process.geteuid?.() === 0)(
  'a tree changes hands with its links, and what a link leads to does not',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'howdah-chown-'))
    onTestFinished(() => rmSync(root, { recursive: true }))
    const tree = join(root, 'tree')
    const outside = join(root, 'outside')
    mkdirSync(join(tree, 'inner'), { recursive: true })
    writeFileSync(join(tree, 'inner', 'file'), '')
    writeFileSync(outside, '')
    symlinkSync(outside, join(tree, 'link'))
    await chownTree(tree, nobody)
    const ownerOf = (path: string): number => lstatSync(path).uid
    for (const path of ['', 'inner', 'inner/file', 'link']) {
      expect(ownerOf(join(tree, path)), path).toBe(nobody.uid)
    }
    expect(ownerOf(outside)).toBe(0)
  },
)

test('a folder that is a link is refused, so that nothing elsewhere is given away', async () => {
  const root = mkdtempSync(join(tmpdir(), 'howdah-chown-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'real'))
  symlinkSync(join(root, 'real'), join(root, 'link'))
  await expect(chownTree(join(root, 'link'), nobody)).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  })
})
