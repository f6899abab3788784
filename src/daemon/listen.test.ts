import { Hono } from 'hono'
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from './listen.ts'

/** A home whose path is too long for a socket. */
async function deepHome(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'howdah-listen-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const home = join(root, 'a'.repeat(100))
  await mkdir(join(home, 'run'), { recursive: true })
  return home
}

test('the socket of a home with a long path is in a folder that is ours alone, which goes with it', async () => {
  const { socket, close } = await listen(await deepHome(), new Hono())
  expect((await stat(dirname(socket))).mode & 0o777).toBe(0o700)
  expect((await stat(socket)).mode & 0o777).toBe(0o600)
  await close()
  await expect(stat(dirname(socket))).rejects.toThrow('ENOENT')
})

test('a folder at its place that others can enter is refused', async () => {
  const home = await deepHome()
  const { socket, close } = await listen(home, new Hono())
  await close()
  await mkdir(dirname(socket))
  onTestFinished(() => rm(dirname(socket), { recursive: true, force: true }))
  await chmod(dirname(socket), 0o777)
  await expect(listen(home, new Hono())).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
})
