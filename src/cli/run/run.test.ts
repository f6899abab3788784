import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeApi, howdah } from '../fake-daemon.suite.ts'
import { composeFolder, instance } from '../fixtures.suite.ts'

let directory: string
beforeAll(() => {
  directory = composeFolder()
})
afterAll(() => rmSync(directory, { recursive: true }))

const answers: FakeApi = {
  listConfig: async () => [{ name: 'POSTGRES_PASSWORD', updatedAt: '2026-01-01T00:00:00Z' }],
  revealConfig: async () => ({ values: { POSTGRES_PASSWORD: 'p@ss' } }),
  listInstances: async () => [instance()],
  getInstance: async () => instance(),
  getConnection: async () => ({
    endpoint: { host: '127.4.0.1', port: 5432 },
    user: 'postgres',
    database: 'postgres',
    password: 'p@ss',
    caFile: '/h/ca.crt',
  }),
}

test('env shows what compose spells out and hides what comes from config', async () => {
  const { stdout } = await howdah(['env', 'app'], { directory, answers })
  expect(stdout).toBe(`DATABASE_URL='****'\nGREETING='hello world'\n`)
})

test('env --reveal has config filled in and the database’s address', async () => {
  const { stdout } = await howdah(['env', 'app', '--reveal', '--json'], { directory, answers })
  expect(JSON.parse(stdout)).toEqual({
    DATABASE_URL: 'postgres://postgres:p%40ss@127.4.0.1:5432/postgres',
    GREETING: 'hello world',
  })
})

test('a managed service’s own environment connects every libpq program', async () => {
  const { stdout } = await howdah(['env', 'database', '--reveal', '--json'], { directory, answers })
  expect(JSON.parse(stdout)).toMatchObject({
    PGHOST: '127.4.0.1',
    PGPASSWORD: 'p@ss',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/h/ca.crt',
  })
})

const shell = (script: string): string[] => ['run', 'app', '--', 'sh', '-c', script]

test('run gives the command the service’s variables over those of the shell', async () => {
  const env = { PATH: process.env['PATH'] ?? '', GREETING: 'from the shell', KEPT: 'yes' }
  const script = 'test "$GREETING" = "hello world" && test "$KEPT" = yes'
  expect(await howdah(shell(script), { directory, answers, env })).toMatchObject({ status: 0 })
})

test.each([
  ['exit 7', 7],
  ['kill -TERM $$', 143],
  ['kill -KILL $$', 137],
])('run of “%s” exits with %d', async (script, status) => {
  const env = { PATH: process.env['PATH'] ?? '' }
  expect(await howdah(shell(script), { directory, answers, env })).toMatchObject({ status })
})

test('a command that is not there is 127', async () => {
  const { status, stderr } = await howdah(['run', 'app', '--', 'no-such-command-here'], {
    directory,
    answers,
  })
  expect(status).toBe(127)
  expect(stderr).toContain('COMMAND_NOT_FOUND')
})

test('an instance that is stopped keeps the command from running', async () => {
  const stopped: FakeApi = { ...answers, getInstance: async () => instance({ state: 'stopped' }) }
  const { status, stderr } = await howdah(shell('exit 0'), { directory, answers: stopped })
  expect(status).toBe(75)
  expect(stderr).toContain('shop/database is stopped')
})

test('an instance that is starting is waited for', async () => {
  const states = ['starting', 'starting', 'ready'] as const
  let call = 0
  const env = { PATH: process.env['PATH'] ?? '' }
  const getInstance = async () => instance({ state: states[Math.min(call++, 2)] ?? 'ready' })
  const { status } = await howdah(shell('exit 0'), {
    directory,
    env,
    answers: { ...answers, getInstance },
  })
  expect(status).toBe(0)
  expect(call).toBe(3)
})

test('a mistyped service is told with the near one', async () => {
  const { status, stderr } = await howdah(['env', 'ap'], { directory, answers })
  expect(status).toBe(66)
  expect(stderr).toContain('did you mean app?')
})
