import { expect, test } from 'vitest'
import { evaluate } from './template.ts'

const variables: Record<string, string> = { X: 'x', Y: 'y', EMPTY: '', WITH: 'a${b}$c' }
const lookup = (name: string) => variables[name]

test.each([
  ['plain', ['plain']],
  ['', []],
  ['$X', ['x']],
  ['${X}', ['x']],
  ['$X$Y', ['xy']],
  ['a${X}b', ['axb']],
  ['$X-1', ['x-1']],
  ['$Xtra', [{ config: 'Xtra' }]],
  ['$EMPTY', []],
  ['a${EMPTY}b', ['ab']],
  ['${WITH}', ['a${b}$c']],
  ['$$', ['$']],
  ['$$X', ['$X']],
  ['$$$X', ['$x']],
  ['$$$$', ['$$']],
  ['$${X}', ['${X}']],
  ['abc$$def', ['abc$def']],
  ['$', ['$']],
  ['a$1b', ['a$1b']],
  ['a$ $-b', ['a$ $-b']],
  ['${NO:-{"a": 1}}', ['{"a": 1}']],
  ['${X:-d}', ['x']],
  ['${X-d}', ['x']],
  ['${EMPTY:-d}', ['d']],
  ['${EMPTY-d}', []],
  ['${NO:-d}', ['d']],
  ['${NO-d}', ['d']],
  ['${NO:-}', []],
  ['${NO-}', []],
  ['${NO:-a b/c:d}', ['a b/c:d']],
  ['${NO:-${X}}', ['x']],
  ['${NO:-${NO2:-${Y}}}z', ['yz']],
  ['${NO:-$X}', ['x']],
  ['${NO:-a${X}b}c', ['axbc']],
  ['${NO:-$$}', ['$']],
  ['${NO:-${ALSO}}', [{ config: 'ALSO' }]],
  ['${NO:-x?y}', ['x?y']],
  ['${X:+a}', ['a']],
  ['${X+a}', ['a']],
  ['${EMPTY:+a}', []],
  ['${EMPTY+a}', ['a']],
  ['${NO:+a}', []],
  ['${NO+a}', []],
  ['${X:+p=${Y}}', ['p=y']],
  ['${X:?e}', ['x']],
  ['${X?e}', ['x']],
  ['${EMPTY?e}', []],
  ['${X:?needs ${NO}}', ['x']],
  ['postgres://u:${PW}@db/x', ['postgres://u:', { config: 'PW' }, '@db/x']],
  ['${PW}', [{ config: 'PW' }]],
  ['${A}${B}', [{ config: 'A' }, { config: 'B' }]],
])('%s becomes %j', (text, template) => {
  expect(evaluate(text, lookup)).toMatchObject({ template })
})

test.each([
  ['${NO:?say so}', 'NO} is required and not set: say so'],
  ['${NO?say so}', 'NO} is required and not set: say so'],
  ['${EMPTY:?}', 'EMPTY} is required and empty.'],
  ['${NO:?because ${X}}', 'not set: because x'],
  ['${}', 'is not a variable'],
  ['${1X}', 'is not a variable'],
  ['${X', '"${X" is not complete'],
  ['${X:-secret', '"${X" is not complete'],
  ['${X!}', '"${X" is not complete'],
  ['${NO:-${X}', '"${NO" is not complete'],
  [`$${'A'.repeat(65)}`, 'too long to be the name of a config'],
])('%s is refused', (text, message) => {
  expect(evaluate(text, lookup)).toEqual({ problem: expect.stringContaining(message) })
})

test('a broken variable never shows what stands after its name, which may be a secret', () => {
  expect(JSON.stringify(evaluate('${X:-hunter2', lookup))).not.toContain('hunter2')
  expect(JSON.stringify(evaluate('${ hunter2', lookup))).not.toContain('hunter2')
})
