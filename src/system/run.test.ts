import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { identify, isAlive } from './processes.ts'
import { run, runOk, tail } from './run.ts'

/** A shell script's outcome. */
const shell = (script: string, options: Parameters<typeof run>[2] = {}) =>
  run('/bin/sh', ['-c', script], options)

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(AppError)
  return error as AppError
}

test('both streams come back apart, without their last newline, and a failing exit is given, not thrown', async () => {
  expect(await shell('echo out; echo err >&2; exit 3')).toEqual({
    stdout: 'out',
    stderr: 'err',
    exitCode: 3,
  })
})

test('a program that a signal ended has the exit code that a shell gives', async () => {
  expect((await shell('kill -KILL $$')).exitCode).toBe(137)
})

test('input is given as text or bytes, and without any it is empty rather than waiting', async () => {
  expect((await run('cat', [], { input: 'text' })).stdout).toBe('text')
  expect((await run('cat', [], { input: Buffer.from('bytes') })).stdout).toBe('bytes')
  expect((await run('cat', [])).stdout).toBe('')
})

test('a program that does not read its input is no failure', async () => {
  expect((await shell('exit 0', { input: 'x'.repeat(1_000_000) })).exitCode).toBe(0)
})

test('the environment is ours with additions, and undefined takes a name out', async () => {
  const env = { HOWDAH_TEST_ADDED: 'yes', HOME: undefined }
  const { stdout } = await shell('echo "$HOWDAH_TEST_ADDED ${HOME-none} ${PATH:+path}"', { env })
  expect(stdout).toBe('yes none path')
})

test('an environment that is not inherited is exactly the given one', async () => {
  process.env['HOWDAH_TEST_SECRET'] = 'of our shell'
  try {
    const env = { ONLY: 'this', PATH: '/usr/bin:/bin' }
    const { stdout } = await run('/usr/bin/env', [], { env, inheritEnv: false })
    expect(stdout.split('\n').toSorted()).toEqual(['ONLY=this', 'PATH=/usr/bin:/bin'])
    expect((await run('/usr/bin/env', [], { inheritEnv: false })).stdout).toBe('')
  } finally {
    delete process.env['HOWDAH_TEST_SECRET']
  }
})

test('lines of both streams are heard while it runs', async () => {
  const lines: string[] = []
  await shell('echo one; echo two >&2', { onLine: (line) => lines.push(line) })
  expect(lines.toSorted()).toEqual(['one', 'two'])
})

test('a program that is not there, a file that is none, and a missing folder are told apart', async () => {
  const missing = await failureOf(run('/nonexistent/program', []))
  expect(missing.code).toBe('COMMAND_NOT_FOUND')
  expect(missing.details).toMatchObject({ errno: 'ENOENT' })
  expect(missing.message).toContain('no such program')
  expect((await failureOf(run('/etc/passwd', []))).details).toMatchObject({ errno: 'EACCES' })
  const folder = await failureOf(run('cat', [], { cwd: '/nonexistent' }))
  expect(folder.message).toContain('the folder to start it in, /nonexistent')
})

test.runIf(process.geteuid?.() === 0)(
  'root runs it as another account, in its group alone',
  async () => {
    const { stdout } = await run('id', [], { account: { uid: 65534, gid: 65534 }, cwd: '/' })
    expect(stdout).toMatch(/uid=65534\(\w+\) gid=65534\(\w+\) groups=65534\(\w+\)$/)
  },
)

test('an abort ends the program and what it started, and throws the reason of the signal', async () => {
  const stop = new AbortController()
  const reason = new AppError('INTERRUPTED', 'Ctrl-C')
  let child: number | undefined
  const outcome = failureOf(
    shell('sleep 300 & echo $!; wait', {
      signal: stop.signal,
      onLine: (line) => {
        child = Number(line)
        stop.abort(reason)
      },
    }),
  )
  expect(await outcome).toBe(reason)
  const left = child === undefined ? undefined : identify(child)
  expect(left && isAlive(left)).toBeFalsy()
})

test('an abort without a reason of ours is OPERATION_CANCELLED, also before the start', async () => {
  const failure = await failureOf(run('/nonexistent/program', [], { signal: AbortSignal.abort() }))
  expect(failure.code).toBe('OPERATION_CANCELLED')
})

test('a program that takes too long is stopped with DEADLINE_EXCEEDED', async () => {
  const failure = await failureOf(run('sleep', ['300'], { timeoutMs: 50 }))
  expect(failure.code).toBe('DEADLINE_EXCEEDED')
  expect(failure.details).toMatchObject({ timeoutMs: 50 })
})

test('a program that does not care for SIGTERM is killed, with its children', async () => {
  let child: number | undefined
  const script = 'trap "" TERM; sleep 300 & echo $!; wait'
  const failure = await failureOf(
    shell(script, { timeoutMs: 200, killDelayMs: 100, onLine: (line) => (child = Number(line)) }),
  )
  expect(failure.code).toBe('DEADLINE_EXCEEDED')
  const left = child === undefined ? undefined : identify(child)
  expect(left && isAlive(left)).toBeFalsy()
  expect(child).toBeGreaterThan(0)
})

test('runOk throws the code of its caller with the end of stderr', async () => {
  const script = 'seq 100 >&2; exit 7'
  const failure = await failureOf(runOk('/bin/sh', ['-c', script], { code: 'SQL_FAILED' }))
  expect(failure.code).toBe('SQL_FAILED')
  expect(failure.details).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/^81\n/) })
  expect((await runOk('/bin/sh', ['-c', 'echo fine'], { code: 'SQL_FAILED' })).stdout).toBe('fine')
})

test('a tail is the last lines', () => {
  expect(tail('one\ntwo')).toBe('one\ntwo')
  expect(tail(Array.from({ length: 30 }, (_, n) => n).join('\n'))).toMatch(/^10\n[^]*\n29$/)
})

test('the program starts in the folder that is named', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'howdah-test-run-'))
  try {
    expect((await run('pwd', [], { cwd: folder })).stdout).toContain('howdah-test-run-')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
