import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freeBytes } from './disk.ts'
import { fileError } from './file-errors.ts'
import { ensureDirectory, readText, removeTree, sizeOfTree, writeAtomic } from './files.ts'

const asRoot = process.geteuid?.() === 0

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-files-'))
  onTestFinished(() => removeTree(folder))
  return folder
}

test('an atomic write replaces the content, sets the mode whatever the umask, and leaves nothing else', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'note')
  await writeAtomic(path, 'old', { mode: 0o666 })
  expect((await stat(path)).mode & 0o777).toBe(0o666)
  await writeAtomic(path, 'new', { mode: 0o600 })
  expect(await readText(path)).toBe('new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['note'])
})

test.runIf(asRoot)('an atomic write gives the file to the owner asked for', async () => {
  const path = join(await temporaryFolder(), 'note')
  await writeAtomic(path, 'x', { mode: 0o600, owner: { uid: 12345, gid: 54321 } })
  expect(await stat(path)).toMatchObject({ uid: 12345, gid: 54321 })
})

test('a write that cannot finish keeps the old content and no temporary file', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'taken')
  await mkdir(path)
  await expect(writeAtomic(path, 'x', { mode: 0o600 })).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['taken'])
})

test('writing through a link replaces the link and never what it points to', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'precious'), 'kept')
  await symlink('precious', join(folder, 'link'))
  await writeAtomic(join(folder, 'link'), 'new', { mode: 0o600 })
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('kept')
})

test('reading a file that is not there gives undefined', async () => {
  expect(await readText(join(await temporaryFolder(), 'none'))).toBeUndefined()
})

test('a full disk and a forbidden folder have their own codes', () => {
  const errno = (code: string) => Object.assign(new Error(code), { code })
  expect(fileError(errno('ENOSPC'), '/tmp/x')).toMatchObject({
    code: 'DISK_FULL',
    details: { path: '/tmp/x', freeBytes: expect.any(Number) },
  })
  expect(fileError(errno('EDQUOT'), '/tmp/x')).toMatchObject({ code: 'DISK_FULL' })
  expect(fileError(errno('EROFS'), '/tmp/x')).toMatchObject({ code: 'HOME_UNUSABLE' })
  expect(fileError(errno('EACCES'), '/tmp/x')).toMatchObject({ code: 'HOME_UNUSABLE' })
  const other = errno('EIO')
  expect(fileError(other, '/tmp/x')).toBe(other)
})

test.runIf(process.platform === 'linux')('a write to a full device says DISK_FULL', async () => {
  const { withFileErrors } = await import('./file-errors.ts')
  const write = withFileErrors('/dev/full', () => writeFile('/dev/full', 'x'))
  await expect(write).rejects.toMatchObject({ code: 'DISK_FULL' })
})

test('ensuring a folder makes its parents, mends its mode, and can be repeated', async () => {
  const path = join(await temporaryFolder(), 'a', 'b')
  await ensureDirectory(path, { mode: 0o700 })
  await chmod(path, 0o755)
  await ensureDirectory(path, { mode: 0o700 })
  expect((await stat(path)).mode & 0o777).toBe(0o700)
})

test('a file where a folder must be is HOME_UNUSABLE', async () => {
  const path = join(await temporaryFolder(), 'file')
  await writeFile(path, '')
  await expect(ensureDirectory(path, { mode: 0o700 })).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  })
  await expect(ensureDirectory(join(path, 'under'), { mode: 0o700 })).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  })
})

test.runIf(asRoot)('a link planted by another account is not handed to anyone', async () => {
  const { lchown } = await import('node:fs/promises')
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'precious'))
  await symlink('precious', join(folder, 'link'))
  const owner = { uid: 12345, gid: 12345 }
  await lchown(join(folder, 'link'), owner.uid, owner.gid)
  const ensured = ensureDirectory(join(folder, 'link'), { mode: 0o700, owner })
  await expect(ensured).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
  expect((await stat(join(folder, 'precious'))).uid).toBe(0)
})

test('the size of a tree is the bytes of its files, and nothing is 0', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'in'))
  await writeFile(join(folder, 'one'), 'x'.repeat(10))
  await writeFile(join(folder, 'in', 'two'), 'x'.repeat(32))
  await symlink('one', join(folder, 'link'))
  expect(await sizeOfTree(folder)).toBe(42)
  expect(await sizeOfTree(join(folder, 'none'))).toBe(0)
})

test('free room is known for a path that does not exist yet', async () => {
  expect(freeBytes(join(await temporaryFolder(), 'not', 'yet'))).toBeGreaterThan(0)
})

test.runIf(asRoot)('a folder that a third account made is not handed to an owner', async () => {
  const path = join(await temporaryFolder(), 'planted')
  await mkdir(path)
  await chown(path, 12345, 12345)
  const placed = ensureDirectory(path, { mode: 0o700, owner: { uid: 54321, gid: 54321 } })
  await expect(placed).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
  expect((await stat(path)).uid).toBe(12345)
})
