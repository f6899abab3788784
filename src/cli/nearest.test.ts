import { expect, test } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'abd', 1],
  ['abc', 'ab', 1],
  ['abc', 'acb', 1],
  ['kitten', 'sitting', 3],
])('%j and %j are %d edits apart', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits)
})

test('a word that is near nothing has no candidate', () => {
  expect(nearest('xyzzy', ['up', 'down', 'ps'])).toBeUndefined()
  expect(nearest('dwon', ['up', 'down', 'ps'])).toBe('down')
})
