import { expect, test } from 'vitest'
import { colours } from './colour.ts'
import { fields } from './fields.ts'
import { wrap } from './wrap.ts'

test('a long line breaks at spaces, and later parts hang', () => {
  expect(wrap('- one two three four', 11, 2)).toBe('- one two\n  three\n  four')
})

test('a row with a name before it keeps the space between the two', () => {
  expect(wrap('  --to MOMENT  The moment to bring back', 28, 15)).toBe(
    '  --to MOMENT  The moment to\n               bring back',
  )
})

test('a word that is longer than the line stays whole', () => {
  expect(wrap('see /a/long/path/that/is now', 10)).toBe('see\n/a/long/path/that/is\nnow')
})

test('colours take no room, and without a width nothing breaks', () => {
  const good = colours(true).good('passed')
  expect(wrap(`${good}: all`, 11)).toBe(`${good}: all`)
  expect(wrap('one two three', undefined)).toBe('one two three')
})

test('values of fields hang under themselves', () => {
  const pairs = [['name', 'one two three']] as const
  expect(fields(pairs, 14)).toBe('name  one two\n      three')
  expect(fields(pairs)).toBe('name  one two three')
})
