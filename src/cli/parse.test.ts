import { expect, test } from 'vitest'
import { command } from './command.ts'
import { splitLeading } from './leading.ts'
import { parseCommandLine } from './parse.ts'

const logs = command({
  name: ['logs'],
  summary: 'show logs',
  args: [{ name: 'service', kind: 'optional', summary: 'A service' }],
  flags: {
    follow: { type: 'boolean', short: 'f', summary: 'Wait' },
    tail: { type: 'integer', value: 'N', summary: 'Lines' },
    format: { type: 'string', choices: ['a', 'b'], summary: 'Form' },
    keepAll: { type: 'toggle', summary: 'Keep' },
  },
  examples: ['howdah logs'],
  scope: 'compose',
  run: async () => undefined,
})

const run = command({
  name: ['run'],
  summary: 'run',
  args: [
    { name: 'service', kind: 'required', summary: 'A service' },
    { name: 'command', kind: 'some', summary: 'A command' },
  ],
  flags: {},
  examples: ['howdah run app -- ls'],
  scope: 'compose',
  passThrough: true,
  run: async () => undefined,
})

test('flags that were not given have the value that their kind promises', () => {
  expect(parseCommandLine(logs, [], []).flags).toEqual({
    follow: false,
    tail: undefined,
    format: undefined,
    keepAll: undefined,
  })
})

test('each kind of flag is read', () => {
  const words = ['db', '-f', '--tail', '5', '--format=b', '--no-keep-all', '--json']
  const line = parseCommandLine(logs, [], words)
  expect(line.flags).toEqual({ follow: true, tail: 5, format: 'b', keepAll: false })
  expect(line.args).toEqual({ service: 'db' })
  expect(line.json).toBe(true)
})

test('a command’s own letter wins after its name, and the shared one still holds before it', () => {
  const { leading, rest } = splitLeading(['-f', 'a.yaml', '-p', 'shop', 'logs', '-f'])
  const line = parseCommandLine(logs, leading, rest.slice(1))
  expect(line.flags['follow']).toBe(true)
  expect(line.compose.file).toEqual(['a.yaml'])
  expect(line.compose.projectName).toBe('shop')
})

test('shared lists from before and after the name come together, in order', () => {
  const words = ['--file', 'b.yaml']
  expect(parseCommandLine(run, ['-f', 'a.yaml'], [...words, 'app', 'ls']).compose.file).toEqual([
    'a.yaml',
    'b.yaml',
  ])
})

test.each([
  [['app', '--', 'npm', 'test', '--', '--json']],
  [['app', 'npm', 'test', '--', '--json']],
])('what follows the service belongs to the command: %j', (words) => {
  const line = parseCommandLine(run, [], words)
  expect(line.args).toEqual({ service: 'app', command: ['npm', 'test', '--', '--json'] })
  expect(line.json).toBe(false)
})

test.each([
  [['--tial', '5'], 'howdah logs has no flag --tial; did you mean --tail?'],
  [['a', 'b'], 'howdah logs does not take “b”'],
])('%j is refused by name', (words, message) => {
  expect(() => parseCommandLine(logs, [], words)).toThrow(
    expect.objectContaining({ code: 'USAGE', message }),
  )
})

test.each([[['--tail', 'x']], [['--format', 'c']], [['--tail']]])('%j is refused', (words) => {
  expect(() => parseCommandLine(logs, [], words)).toThrow(
    expect.objectContaining({ code: 'USAGE' }),
  )
})

test('a missing argument is named', () => {
  expect(() => parseCommandLine(run, [], ['app'])).toThrow('howdah run needs COMMAND')
})
