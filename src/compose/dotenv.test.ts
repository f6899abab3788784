import { expect, test } from 'vitest'
import { parseEnvFile, parseRawEnvFile } from './dotenv.ts'
import { Findings } from './findings.ts'
import { AppError } from '../errors/app-error.ts'

const shell: Record<string, string> = { SHELL_ONLY: 'from shell', BOTH: 'shell wins' }

function parse(text: string) {
  const findings = new Findings()
  const entries = parseEnvFile({ text, shownAs: '.env' }, (name) => shell[name], findings)
  findings.throwIfAny()
  return Object.fromEntries([...entries].map(([name, { value }]) => [name, value]))
}

test.each([
  ['A=1', ['1']],
  ['A=', []],
  ['A', null],
  ['A # passed on', null],
  ['export A=1', ['1']],
  ['  A = 1  ', ['1']],
  ['A: 1', ['1']],
  ['A=1\r\n', ['1']],
  ['\uFEFFA=1', ['1']],
  ['# A=0\n\nA=1', ['1']],
  ['A=1\nA=2', ['2']],
  ['A=b c', ['b c']],
  ['A=b # comment', ['b']],
  ['A= # no comment', ['# no comment']],
  ['A=#x', ['#x']],
  ['A=b# not a comment', ['b# not a comment']],
  ['A="b # c" # d', ['b # c']],
  ["A='b # c'# d", ['b # c']],
  ["A='$X ${Y}'", ['$X ${Y}']],
  [String.raw`A='it\'s'`, ["it's"]],
  [String.raw`A="say \"x\""`, ['say "x"']],
  [String.raw`A="a\nb\tc\\n"`, ['a\nb\tc\\n']],
  [String.raw`A='a\nb'`, [String.raw`a\nb`]],
  [String.raw`A=a\nb`, [String.raw`a\nb`]],
  [String.raw`A="\$X"`, ['$X']],
  [
    String.raw`B=2
A=\$B`,
    ['\\2'],
  ],
  ['A=$$X', ['$X']],
  ['A="two\nlines"', ['two\nlines']],
  ["A='two\nlines'", ['two\nlines']],
  ['A=""', []],
  ['B=2\nA=${B}3', ['23']],
  ['B=2\nA="$B"', ['2']],
  ['A=${NO:-d}', ['d']],
  ['A=${SHELL_ONLY}', ['from shell']],
  ['BOTH=file\nA=$BOTH', ['shell wins']],
  ['A=${PW}', [{ config: 'PW' }]],
  ['A=a=b=c', ['a=b=c']],
  ['A="x"\nB=2', ['x']],
])('%j gives A %j', (text, value) => {
  expect(parse(text)).toMatchObject({ A: value })
})

test.each([
  ['B=1\nA="open', '.env:2:1: the value of A has no closing quote'],
  ['what is this', '.env:1:1: "what is this" is not a line of the form NAME=value'],
  ['  B C=1', '.env:1:3: "B C" is not a line of the form NAME=value'],
  ['A="b"c', '.env:1:1: A: something follows the closing quote'],
  ['B=1\n\nA=${NO:?set it}', '.env:3:1: A: ${NO} is required and not set: set it'],
  ['A=${', '.env:1:1: A: "${" is not a variable'],
])('%j is refused with its place', (text, message) => {
  expect(() => parse(text)).toThrow(message)
})

test('every bad line is named, and none of them shows a value', () => {
  const secret = 'hunter2'
  try {
    parse(`A B=${secret}\nC="${secret}"${secret}\nD=\${X:-${secret}\n`)
    expect.unreachable()
  } catch (error) {
    const { message, details } = AppError.from(error)
    expect(message).not.toContain(secret)
    expect(details?.['problems']).toHaveLength(3)
  }
})

test('a raw file is taken to the letter', () => {
  const entries = parseRawEnvFile({ text: 'A="b" $C # d\nE=\n\n#F=1\nG\n', shownAs: 'raw' })
  expect([...entries].map(([name, { value, at }]) => [name, value, at.line])).toEqual([
    ['A', ['"b" $C # d'], 1],
    ['E', [], 2],
    ['G', null, 5],
  ])
})
