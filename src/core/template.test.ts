import { expect, test } from 'vitest'
import { configNames, fill } from './template.ts'

const url = [
  'postgres://',
  { config: 'USER' },
  ':',
  { config: 'PASSWORD' },
  '@db/',
  { config: 'USER' },
]

test('a template names its configs in their order, each as often as it is used', () => {
  expect(configNames(url)).toEqual(['USER', 'PASSWORD', 'USER'])
  expect(configNames(['plain'])).toEqual([])
})

test('values go in as they are, also those that look like a template', () => {
  const values = new Map([
    ['USER', '$&${USER}'],
    ['PASSWORD', ''],
  ])
  expect(fill(url, (name) => values.get(name))).toBe('postgres://$&${USER}:@db/$&${USER}')
})

test('an empty template is the empty string', () => {
  expect(fill([], () => 'x')).toBe('')
})
