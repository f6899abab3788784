import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { parseStat, readProcess } from './process-table.ts'
import {
  endProcess,
  identify,
  isAlive,
  listProcesses,
  signal,
  waitForExit,
  type ProcessIdentity,
} from './processes.ts'

const ignoresTerm = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')`

/** A child that has run its code as far as printing `ready`. */
async function startNode(
  code: string,
): Promise<{ child: ChildProcess; identity: ProcessIdentity }> {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const identity = identify(child.pid ?? 0)
  if (!identity) throw new Error('the child is not there')
  return { child, identity }
}

test('a command name with spaces and parentheses does not shift the fields', () => {
  const fields = Array.from({ length: 50 }, (_, index) => String(index + 3))
  const text = `42 (a) b (c)) ${['S', '7', ...fields.slice(2)].join(' ')}\n`
  expect(parseStat(text)).toEqual({ state: 'S', ppid: 7, startTicks: '22' })
  expect(parseStat('')).toBeUndefined()
})

test('a process keeps its identity for as long as it runs', () => {
  const me = identify(process.pid)
  expect(me).toEqual(identify(process.pid))
  expect(me && isAlive(me)).toBe(true)
  expect(me && isAlive({ ...me, startedAt: 'another' })).toBe(false)
})

test('a process that ended, and one of another start, is not signalled', async () => {
  const { child, identity } = await startNode(`setInterval(() => {}, 1000); console.log('ready')`)
  expect(signal({ ...identity, startedAt: 'another' }, 'SIGKILL')).toBe(false)
  expect(isAlive(identity)).toBe(true)
  const exited = once(child, 'exit')
  expect(signal(identity, 'SIGKILL')).toBe(true)
  await exited
  expect(isAlive(identity)).toBe(false)
  expect(signal(identity, 'SIGKILL')).toBe(false)
})

test.runIf(process.platform === 'linux')('a zombie counts as gone', async () => {
  const child = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'])
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const pid = Number(line.toString())
  await expect.poll(() => readProcess(pid)?.zombie).toBe(true)
  expect(identify(pid)).toBeUndefined()
})

test('the list of processes shows us with our arguments and parent', () => {
  const mine = listProcesses().find(({ pid }) => pid === process.pid)
  expect(mine?.ppid).toBe(process.ppid)
  expect(mine?.args.length).toBeGreaterThan(0)
})

test('waiting says whether the process ended in time', async () => {
  const { identity } = await startNode(ignoresTerm)
  expect(await waitForExit(identity, { timeoutMs: 20 })).toBe(false)
  signal(identity, 'SIGKILL')
  expect(await waitForExit(identity, { timeoutMs: 10_000 })).toBe(true)
})

test('a wait can be aborted', async () => {
  const { identity } = await startNode(ignoresTerm)
  const controller = new AbortController()
  const waiting = waitForExit(identity, { timeoutMs: 60_000, signal: controller.signal })
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test('ending goes up the ladder until the process is gone', async () => {
  const { child, identity } = await startNode(ignoresTerm)
  const exited = once(child, 'exit')
  const signals = [
    ['SIGTERM', 50],
    ['SIGKILL', 10_000],
  ] as const
  expect(await endProcess(identity, { signals })).toBe(true)
  expect(await exited).toEqual([null, 'SIGKILL'])
  expect(await endProcess(identity)).toBe(true)
})

test('ending reports a process that survives its ladder', async () => {
  const { identity } = await startNode(ignoresTerm)
  expect(await endProcess(identity, { signals: [['SIGTERM', 20]] })).toBe(false)
  expect(isAlive(identity)).toBe(true)
})
