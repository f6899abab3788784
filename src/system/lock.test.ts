import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeTree } from './files.ts'
import { acquireLock, lockHolder } from './lock.ts'

const module = JSON.stringify(new URL('lock.ts', import.meta.url).href)

async function lockPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-lock-'))
  onTestFinished(() => removeTree(folder))
  return join(folder, 'lock')
}

/** A process that tries once, prints `held` or the error's code and pid, and stays until it is killed. */
async function contend(path: string): Promise<{ child: ChildProcess; said: string }> {
  const code = `import { acquireLock } from ${module}
    try { globalThis.lock = await acquireLock(${JSON.stringify(path)}); console.log('held') }
    catch (error) { console.log(error.code + ' ' + (error.details?.pid ?? '')) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: said.toString().trim() }
}

test('the second to come is refused, told who holds it, and served after the release', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  await expect(acquireLock(path)).rejects.toMatchObject({
    code: 'DAEMON_ALREADY_RUNNING',
    details: { path, pid: process.pid },
  })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await lock.release()
  expect(await lockHolder(path)).toBeUndefined()
  const again = await acquireLock(path)
  await again.release()
  expect(await readdir(join(path, '..'))).toEqual(['lock'])
})

test('another process is refused while one holds the lock, and a refusal does not free it', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  expect((await contend(path)).said).toBe(`DAEMON_ALREADY_RUNNING ${process.pid}`)
  expect((await contend(path)).said).toBe(`DAEMON_ALREADY_RUNNING ${process.pid}`)
  await lock.release()
})

test('a holder killed with -9 leaves a free lock', async () => {
  const path = await lockPath()
  const { child, said } = await contend(path)
  expect(said).toBe('held')
  expect((await lockHolder(path))?.pid).toBe(child.pid)
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  expect(await lockHolder(path)).toBeUndefined()
  const lock = await acquireLock(path)
  await lock.release()
})

test(
  'of ten that come at once exactly one gets it, also over a dead holder',
  { timeout: 60_000 },
  async () => {
    const path = await lockPath()
    const dead = await contend(path)
    const exited = once(dead.child, 'exit')
    dead.child.kill('SIGKILL')
    await exited
    const all = await Promise.all(Array.from({ length: 10 }, () => contend(path)))
    const holders = all.filter(({ said }) => said === 'held')
    expect(holders).toHaveLength(1)
    expect(all.filter(({ said }) => said.startsWith('DAEMON_ALREADY_RUNNING'))).toHaveLength(9)
  },
)

test('the children of a holder do not keep its lock', async () => {
  const path = await lockPath()
  const lock = await acquireLock(path)
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  await lock.release()
  expect((await contend(path)).said).toBe('held')
})

test('a file that is no lock is refused and left as it is', async () => {
  const path = await lockPath()
  await writeFile(
    path,
    'a letter from home, quite long enough to be taken for a header of some sort. '.repeat(20),
  )
  await expect(acquireLock(path)).rejects.toMatchObject({ code: 'HOME_UNUSABLE' })
  await expect(acquireLock(join(path, 'in', 'a', 'file'))).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
  })
})
