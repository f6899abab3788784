import { expect, test } from 'vitest'
import { howdah } from './fake-daemon.suite.ts'
import { flagsOf } from './parse.ts'
import { commands, findCommand } from './program.ts'
import { commandReference } from './reference.ts'
import { runCommandLine } from './run-command-line.ts'

const all = [...commands].map(([name, entry]) => ({ name, entry }))

test.each(all)('$name is declared under its name, with its summary and an example', async (one) => {
  const declared = await one.entry.load()
  expect(declared.name.join(' ')).toBe(one.name)
  expect(declared.summary).toBe(one.entry.summary)
  expect(declared.examples.length).toBeGreaterThan(0)
  for (const example of declared.examples) expect(example).toContain(`howdah`)
})

test.each(all)('no two flags of $name have the same letter', async (one) => {
  const letters = Object.values(flagsOf(await one.entry.load())).flatMap((f) => f.short ?? [])
  expect(new Set(letters).size).toBe(letters.length)
})

test('no name or alias is taken twice', () => {
  const names = all.flatMap(({ name, entry }) => [name, ...(entry.aliases ?? [])])
  expect(new Set(names).size).toBe(names.length)
})

test('an alias finds the command and leaves the rest of the words', () => {
  expect(findCommand(['config', 'create', 'A=1'])).toMatchObject({
    kind: 'command',
    entry: commands.get('config set'),
    rest: ['A=1'],
  })
})

test.each([
  [['pss'], 'did you mean `howdah ps`?'],
  [['config', 'sett', 'A=1'], 'did you mean `howdah config set`?'],
  [['xyzzy'], 'there is no command `howdah xyzzy`'],
  [['branch', 'xyzzy'], 'See all commands with `howdah branch --help`.'],
])('%j is USAGE', async (words, text) => {
  const { status, stderr, stdout } = await howdah(words)
  expect(status).toBe(64)
  expect(stderr).toContain(text)
  expect(stdout).toBe('')
})

test('help of all, of a group and of a command goes to stdout', async () => {
  expect((await howdah([])).stdout).toContain('snapshot restore')
  expect((await howdah(['config'])).stdout).not.toContain('snapshot')
  expect((await howdah(['ps', '--help'])).stdout).toContain('Usage: howdah ps')
  expect((await howdah(['help', 'config', 'set'])).stdout).toContain('Usage: howdah config set')
})

test('on a terminal help breaks at spaces within its width, but never in an example', async () => {
  let text = ''
  const stdout = { isTTY: true, columns: 60, write: (part: string) => (text += part) }
  const around = { env: {}, directory: '/', stdin: process.stdin, stderr: process.stderr }
  await runCommandLine(['repository', 'add', '--help'], { ...around, stdout })
  const [prose = '', examples = ''] = text.split('Examples:\n')
  const [usage = '', ...lines] = prose.split('\n')
  expect(usage).toContain('NAME LOCATION')
  expect(lines.filter((line) => line.length > 60)).toEqual([])
  expect(examples.split('\n').some((line) => line.length > 60)).toBe(true)
})

test('the reference has a section for every command', async () => {
  const text = await commandReference()
  for (const { name } of all) expect(text).toContain(`## howdah ${name}\n`)
})
