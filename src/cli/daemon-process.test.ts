import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { daemonSocket } from './daemon-process.ts'

/** A home whose note names a socket in another folder, as one with a long path has it. */
async function homeWithNote(): Promise<{ home: string; folder: string; socket: string }> {
  const root = await mkdtemp(join(tmpdir(), 'howdah-note-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const [home, folder] = [join(root, 'home'), join(root, 'elsewhere')]
  await mkdir(join(home, 'run'), { recursive: true })
  const socket = join(folder, 'd.sock')
  await writeFile(join(home, 'run', 'daemon.json'), JSON.stringify({ pid: 1, socket }))
  return { home, folder, socket }
}

test('a socket elsewhere is taken when its folder is ours alone, or not there any more', async () => {
  const { home, folder, socket } = await homeWithNote()
  expect(daemonSocket(home)).toBe(socket)
  await mkdir(folder, { mode: 0o700 })
  expect(daemonSocket(home)).toBe(socket)
})

test('a socket in a folder where others may write, or behind a link, is not spoken to', async () => {
  const { home, folder } = await homeWithNote()
  await mkdir(folder)
  await chmod(folder, 0o777)
  expect(() => daemonSocket(home)).toThrow('is not ours alone')
  await rm(folder, { recursive: true })
  await symlink(home, folder)
  expect(() => daemonSocket(home)).toThrow('is not ours alone')
})

test.runIf(process.geteuid?.() === 0)(
  'a socket in a folder of another account is not spoken to',
  async () => {
    const { home, folder } = await homeWithNote()
    await mkdir(folder, { mode: 0o700 })
    await chown(folder, 12345, 12345)
    expect(() => daemonSocket(home)).toThrow(expect.objectContaining({ code: 'HOME_UNUSABLE' }))
  },
)

test('without a note the socket is in the home', async () => {
  const { home } = await homeWithNote()
  await writeFile(join(home, 'run', 'daemon.json'), '{"pid":')
  expect(daemonSocket(home)).toBe(join(home, 'run', 'daemon.sock'))
})
