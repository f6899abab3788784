import { chmod, chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ensurePrivateFolder } from './private-folder.ts'

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-private-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'ours')
}

const refused = { code: 'HOME_UNUSABLE' }

test('a private folder is made with mode 0700, and one that is just so is taken', async () => {
  const path = await place()
  await ensurePrivateFolder(path)
  await ensurePrivateFolder(path)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
})

test('a folder of another mode, a link and a file are refused and left as they are', async () => {
  const open = await place()
  await mkdir(open)
  await chmod(open, 0o755)
  await expect(ensurePrivateFolder(open)).rejects.toMatchObject(refused)
  expect((await stat(open)).mode & 0o777).toBe(0o755)
  const link = await place()
  await mkdir(`${link}-real`, { mode: 0o700 })
  await symlink(`${link}-real`, link)
  await expect(ensurePrivateFolder(link)).rejects.toMatchObject(refused)
  const file = await place()
  await writeFile(file, '', { mode: 0o700 })
  await expect(ensurePrivateFolder(file)).rejects.toMatchObject(refused)
})

test.runIf(process.geteuid?.() === 0)('a folder of another account is refused', async () => {
  const path = await place()
  await mkdir(path, { mode: 0o700 })
  await chown(path, 12345, 12345)
  await expect(ensurePrivateFolder(path)).rejects.toMatchObject(refused)
})
