import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { findAccount } from './account.ts'
import { removeTree } from './files.ts'
import { launchDetached, type Launch } from './launch.ts'
import { endProcess, isAlive, waitForExit, type ProcessIdentity } from './processes.ts'

const nobody = findAccount('nobody')

async function launch(
  wanted: Partial<Launch>,
): Promise<{ identity: ProcessIdentity; log: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-launch-'))
  const logFile = join(folder, 'log')
  onTestFinished(() => removeTree(folder))
  const identity = await launchDetached({ program: 'sh', args: [], cwd: '/', logFile, ...wanted })
  onTestFinished(async () => void (await endProcess(identity)))
  return { identity, log: logFile }
}

test('a program that ends at once has an identity, and its words are in the log', async () => {
  const { identity, log } = await launch({ args: ['-c', 'echo out; echo err >&2'] })
  expect(await waitForExit(identity, { timeoutMs: 10_000 })).toBe(true)
  expect(await readFile(log, 'utf8')).toBe('out\nerr\n')
  expect((await stat(log)).mode & 0o777).toBe(0o600)
})

test('a launched program gets PATH and what it is given, and nothing secret of ours', async () => {
  process.env['HOWDAH_TEST_SECRET'] = 'sesame'
  onTestFinished(() => void delete process.env['HOWDAH_TEST_SECRET'])
  const { identity, log } = await launch({ program: 'env', env: { GIVEN: 'yes' } })
  await waitForExit(identity, { timeoutMs: 10_000 })
  const names = (await readFile(log, 'utf8')).split('\n').map((line) => line.split('=')[0])
  expect(names).toContain('GIVEN')
  expect(names).toContain('PATH')
  expect(names).not.toContain('HOWDAH_TEST_SECRET')
  expect(names).not.toContain('HOME')
})

test('a launched program leads a session of its own and outlives the process that started it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-launch-'))
  onTestFinished(() => removeTree(folder))
  const module = JSON.stringify(new URL('launch.ts', import.meta.url).href)
  const wanted = JSON.stringify({
    program: 'sleep',
    args: ['60'],
    cwd: '/',
    logFile: join(folder, 'log'),
  })
  const code = `import { launchDetached } from ${module}
    console.log(JSON.stringify(await launchDetached(${wanted})))`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    code,
  ])
  const identity = JSON.parse(stdout) as ProcessIdentity
  onTestFinished(async () => void (await endProcess(identity)))
  expect(isAlive(identity)).toBe(true)
  const { stdout: session } = await promisify(execFile)('ps', [
    '-o',
    'sess=',
    '-p',
    `${identity.pid}`,
  ])
  if (process.platform === 'linux') expect(Number(session)).toBe(identity.pid)
})

test.runIf(process.geteuid?.() === 0 && process.platform === 'linux' && nobody)(
  'as root, a server runs under its account with no group of ours',
  async () => {
    const { identity, log } = await launch({
      args: ['-c', 'grep -E "^(Uid|Gid|Groups):" /proc/self/status'],
      account: nobody,
    })
    await waitForExit(identity, { timeoutMs: 10_000 })
    const lines = (await readFile(log, 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
    const { uid, gid } = nobody ?? { uid: 0, gid: 0 }
    expect(lines[0]).toEqual(['Uid:', ...Array<string>(4).fill(String(uid))])
    expect(lines[1]).toEqual(['Gid:', ...Array<string>(4).fill(String(gid))])
    expect(lines[2]).toEqual(['Groups:'])
  },
)

test('a program that is missing, one that is not executable, and a missing folder are told apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'howdah-launch-'))
  onTestFinished(() => removeTree(folder))
  const script = join(folder, 'script')
  await writeFile(script, '#!/bin/sh\n')
  await chmod(script, 0o644)
  await expect(launch({ program: '/no/such/program' })).rejects.toMatchObject({
    code: 'SERVER_START_FAILED',
    details: { errno: 'ENOENT', program: '/no/such/program' },
  })
  await expect(launch({ program: script })).rejects.toMatchObject({
    code: 'SERVER_START_FAILED',
    details: { errno: 'EACCES' },
  })
  await expect(launch({ cwd: join(folder, 'none') })).rejects.toThrow(/folder to start it in/)
})
