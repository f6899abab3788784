import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FakeApi, howdah } from '../fake-daemon.suite.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'howdah-config-'))
  writeFileSync(join(directory, 'key.pem'), '-----BEGIN\nEND-----\r\n\n')
  writeFileSync(join(directory, 'prod.env'), '# keys\nA=1\nB="two words" # why\nC=${A}-3\n')
})
afterAll(() => rmSync(directory, { recursive: true }))

interface Seen {
  values?: Record<string, string>
}

async function set(words: readonly string[], around: { env?: {}; stdin?: string } = {}) {
  const seen: Seen = {}
  const answers: FakeApi = {
    async setConfig({ values, ifNotSet }) {
      seen.values = values
      const names = Object.keys(values)
      return ifNotSet ? { set: [], skipped: names } : { set: names, skipped: [] }
    },
  }
  const done = await howdah(['-p', 'shop', 'config', 'set', ...words], {
    directory,
    answers,
    ...around,
  })
  return { ...done, ...seen }
}

test('values, a file, stdin and an env file arrive as they are meant', async () => {
  expect((await set(['A=1', 'B=x=y'])).values).toEqual({ A: '1', B: 'x=y' })
  expect((await set(['A', 'key.pem'])).values).toEqual({ A: '-----BEGIN\nEND-----' })
  expect((await set(['A', '-'], { stdin: 'from stdin\n' })).values).toEqual({ A: 'from stdin' })
  expect((await set(['A'], { stdin: 'piped\r\n' })).values).toEqual({ A: 'piped' })
  expect((await set(['-e', 'A'], { env: { A: 'shell' } })).values).toEqual({ A: 'shell' })
  expect((await set(['--env-file', 'prod.env'])).values).toEqual({
    A: '1',
    B: 'two words',
    C: '1-3',
  })
  expect((await set(['--env-file', 'prod.env', 'B'])).values).toEqual({ B: 'two words' })
})

test('what was set is said, never the value', async () => {
  const { stdout, stderr } = await set(['A=zebra', 'B=zebra'])
  expect(stdout).toBe(
    'Updated value for A\nUpdated value for B\nSuccessfully set 2 config value(s)\n',
  )
  expect(stderr).toBe('To update the deployed values, do: howdah up\n')
})

test('--if-not-set says what it skips', async () => {
  const { stdout } = await set(['--random', 'A', '--if-not-set'])
  expect(stdout).toBe('Config A is already set; skipping due to --if-not-set flag\n')
})

test.each([
  [['-e', 'NOPE'], 'environment variable "NOPE" not found'],
  [['--env-file', 'prod.env', 'Z'], 'config "Z" not found in env file prod.env'],
  [['A', 'no-such-file'], 'cannot read no-such-file'],
  [['A', '-'], 'the value for A is empty'],
])('config set %j is USAGE and sets nothing', async (words, message) => {
  const { status, stderr, values } = await set(words)
  expect(status).toBe(64)
  expect(stderr).toContain(message)
  expect(values).toBeUndefined()
})

const answers: FakeApi = {
  listConfig: async () => [{ name: 'A', updatedAt: '2026-01-01T00:00:00Z' }],
  removeConfig: async () => ({ removed: ['A'], notFound: ['B'] }),
  revealConfig: async ({ names }) => ({
    values: names.includes('A') ? { A: 'zebra' } : {},
  }),
}
const config = (...words: string[]) => howdah(['-p', 'shop', 'config', ...words], { answers })

test('rm warns of what was not set and still succeeds', async () => {
  expect(await config('rm', 'A', 'B')).toEqual({
    status: 0,
    stdout: 'Removed config A\n',
    stderr: 'warning: config B was not set\n',
  })
})

test('get wants --reveal, and a name that is set', async () => {
  expect(await config('get', 'A')).toMatchObject({ status: 64, stdout: '' })
  expect(await config('get', 'A', '--reveal')).toMatchObject({ status: 0, stdout: 'zebra\n' })
  expect(await config('get', 'B', '--reveal')).toMatchObject({ status: 66, stdout: '' })
})

test('ls has names and no values', async () => {
  const { stdout } = await config('ls', '--json')
  expect(JSON.parse(stdout)).toEqual([{ name: 'A', updatedAt: '2026-01-01T00:00:00Z' }])
})
