import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { renameSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cloneTree } from './clone-tree.ts'
import { canReflink, copyBytes } from './copy-file.ts'
import { readText, removeTree } from './files.ts'

async function tree(): Promise<{ source: string; target: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-clone-'))
  onTestFinished(() => removeTree(folder))
  const source = join(folder, 'source')
  await mkdir(join(source, 'base', '5'), { recursive: true, mode: 0o700 })
  await mkdir(join(source, 'empty'))
  await writeFile(join(source, 'PG_VERSION'), '16\n')
  await writeFile(join(source, 'base', '5', 'table'), Buffer.alloc(3_000_000, 7))
  await writeFile(join(source, 'base', '5', 'nothing'), '')
  await symlink('../PG_VERSION', join(source, 'base', 'link'))
  return { source, target: join(folder, 'target') }
}

test('a copy has the same files, links, modes and times', async () => {
  const { source, target } = await tree()
  await chmod(join(source, 'PG_VERSION'), 0o400)
  await utimes(join(source, 'PG_VERSION'), 1_000_000, 1_234_567)
  await utimes(join(source, 'base'), 1_000_000, 1_234_568)
  const cloned = await cloneTree(source, target)
  expect(cloned).toMatchObject({ bytes: 3_000_003, files: 3 })
  expect(await readFile(join(target, 'base', '5', 'table'))).toEqual(Buffer.alloc(3_000_000, 7))
  expect(await readlink(join(target, 'base', 'link'))).toBe('../PG_VERSION')
  expect((await lstat(join(target, 'PG_VERSION'))).mode & 0o777).toBe(0o400)
  expect((await lstat(join(target, 'PG_VERSION'))).mtimeMs).toBe(1_234_567_000)
  expect((await lstat(join(target, 'base'))).mtimeMs).toBe(1_234_568_000)
  expect((await lstat(join(target, 'base'))).mode & 0o777).toBe(0o700)
  expect((await lstat(join(target, 'empty'))).isDirectory()).toBe(true)
})

test('whether blocks are shared is what the file system can do', async () => {
  const { source, target } = await tree()
  const { reflinked } = await cloneTree(source, target, { sync: false })
  expect(reflinked).toBe(await canReflink(source))
})

test.runIf(process.geteuid?.() === 0)('as root, a copy keeps the owners', async () => {
  const { lchown } = await import('node:fs/promises')
  const { source, target } = await tree()
  await lchown(join(source, 'PG_VERSION'), 12345, 54321)
  await lchown(join(source, 'base', 'link'), 12345, 54321)
  await cloneTree(source, target)
  expect(await lstat(join(target, 'PG_VERSION'))).toMatchObject({ uid: 12345, gid: 54321 })
  expect(await lstat(join(target, 'base', 'link'))).toMatchObject({ uid: 12345, gid: 54321 })
})

test('what is excluded is left out with all in it, and so are sockets', async () => {
  const { source, target } = await tree()
  const server = createServer().listen(join(source, '.s.PGSQL.5432'))
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { files } = await cloneTree(source, target, { exclude: (path) => path === 'base/5' })
  expect(files).toBe(1)
  await expect(lstat(join(target, 'base', '5'))).rejects.toThrow('ENOENT')
  await expect(lstat(join(target, '.s.PGSQL.5432'))).rejects.toThrow('ENOENT')
})

test('progress ends at the whole', async () => {
  const { source, target } = await tree()
  const seen: number[] = []
  await cloneTree(source, target, { onProgress: ({ bytesDone }) => seen.push(bytesDone) })
  expect(seen).toEqual([...seen].sort((a, b) => a - b))
  expect(seen.at(-1)).toBe(3_000_003)
})

test('a file that vanishes is passed over only in a live tree', async () => {
  const vanish = async (live: boolean) => {
    const { source, target } = await tree()
    // Names are read before contents, so one that goes at the first progress was already on the list.
    for (let index = 0; index < 40; index++) await writeFile(join(source, `z${index}`), 'x')
    let gone: Promise<void[]> | undefined
    const names = Array.from({ length: 40 }, (_, index) => join(source, `z${index}`))
    const result = cloneTree(source, target, {
      live,
      sync: false,
      exclude: () => {
        gone ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
          Promise.all(names.map((name) => rm(name))),
        )
        return false
      },
    })
    return { result, gone: () => gone, target }
  }
  const live = await vanish(true)
  await expect(live.result).resolves.toMatchObject({ reflinked: expect.any(Boolean) })
  expect(await readText(join(live.target, 'PG_VERSION'))).toBe('16\n')
  await live.gone()
  const still = await vanish(false)
  await expect(still.result).rejects.toMatchObject({ code: 'ENOENT' })
  await still.gone()
})

test('a file that shrinks during the copy ends the copy where the file ends', async () => {
  const { source, target } = await tree()
  const from = join(source, 'base', '5', 'table')
  let cut: Promise<void> | undefined
  await using original = await open(from)
  const copied = await copyBytes(original, target, () => {
    cut ??= truncate(from, 10)
  })
  await cut
  expect((await lstat(target)).size).toBe(copied)
  expect(copied).toBeLessThanOrEqual(3_000_000)
})

test('a copy can be aborted', async () => {
  const { source, target } = await tree()
  const controller = new AbortController()
  const copying = cloneTree(source, target, {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  await expect(copying).rejects.toMatchObject({ name: 'AbortError' })
})

test.runIf(process.platform === 'linux')(
  'a folder that is swapped for a link during the copy is not read through it',
  async () => {
    const { source, target } = await tree()
    const elsewhere = join(dirname(source), 'elsewhere')
    await mkdir(join(elsewhere, '5'), { recursive: true })
    await writeFile(join(elsewhere, '5', 'table'), 'secret')
    await cloneTree(source, target, {
      exclude: (path) => {
        if (path === join('base', '5')) {
          renameSync(join(source, 'base'), join(source, 'moved'))
          symlinkSync(elsewhere, join(source, 'base'))
        }
        return false
      },
    })
    expect((await lstat(join(target, 'base', '5', 'table'))).size).toBe(3_000_000)
  },
)

test('a source that is a link is refused', async () => {
  const { source, target } = await tree()
  await symlink(source, join(dirname(source), 'link'))
  const copying = cloneTree(join(dirname(source), 'link'), target)
  await expect(copying).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
})

test('an existing target is not written into', async () => {
  const { source, target } = await tree()
  await mkdir(target)
  await expect(cloneTree(source, target)).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
})
