import { expect, test } from 'vitest'
import { AppError } from '../../errors/app-error.ts'
import { type ConfigSetFlags, type ConfigSource, parseConfigSet } from './parse-config-set.ts'

const none: ConfigSetFlags = { env: false, random: false, envFile: undefined }

const accepted: [string[], Partial<ConfigSetFlags>, ConfigSource][] = [
  [['A=1'], {}, { kind: 'values', values: { A: '1' } }],
  [['A=1', 'B=x=y'], {}, { kind: 'values', values: { A: '1', B: 'x=y' } }],
  [['A='], {}, { kind: 'values', values: { A: '' } }],
  [['A'], {}, { kind: 'ask', name: 'A' }],
  [['A', '-'], {}, { kind: 'stdin', name: 'A' }],
  [['A', './key.pem'], {}, { kind: 'file', name: 'A', file: './key.pem' }],
  [['A', './dir=x/key.pem'], {}, { kind: 'file', name: 'A', file: './dir=x/key.pem' }],
  [['A', 'B'], { env: true }, { kind: 'environment', names: ['A', 'B'] }],
  [['A', 'B'], { random: true }, { kind: 'random', names: ['A', 'B'] }],
  [[], { envFile: 'f.env' }, { kind: 'env-file', file: 'f.env', names: [] }],
  [['A'], { envFile: 'f.env' }, { kind: 'env-file', file: 'f.env', names: ['A'] }],
]

test.each(accepted)('config set %j with %j', (words, flags, source) => {
  expect(parseConfigSet(words, { ...none, ...flags })).toEqual(source)
})

const refused: [string[], Partial<ConfigSetFlags>, string][] = [
  [[], {}, 'provide a config NAME, or use --env-file to read from a file'],
  [['A'], { random: true, env: true }, 'cannot use --random with --env'],
  [['A'], { random: true, envFile: 'f' }, 'cannot use --random with --env-file'],
  [['A'], { env: true, envFile: 'f' }, 'cannot use --env with --env-file'],
  [['A=1', 'B'], {}, 'when setting multiple configs, all must be in NAME=VALUE form'],
  [['A', 'B=1'], {}, 'when setting multiple configs, all must be in NAME=VALUE form'],
  [['A', 'B', 'C'], {}, 'too many arguments; give NAME=VALUE…, or one NAME with one FILE'],
  [['A=1', 'A=2'], {}, 'config A is given twice'],
]

test.each(refused)('config set %j with %j is refused', (words, flags, message) => {
  expect(() => parseConfigSet(words, { ...none, ...flags })).toThrow(
    expect.objectContaining({ code: 'USAGE', message }),
  )
})

test.each(['1A', 'A-B', 'A B', '', 'A'.repeat(65), 'Ä'])('%j is no config name', (name) => {
  expect(() => parseConfigSet([`${name}=1`], none)).toThrow(AppError)
})

test('a name that breaks the rule is named in the words that Defang uses', () => {
  expect(() => parseConfigSet(['1A=secret'], none)).toThrow(
    'invalid config name; must be alphanumeric or _, at most 64 characters, cannot start with a number: "1A"',
  )
})
