import { expect, test } from 'vitest'
import { splitLeading } from './leading.ts'

test.each([
  [['ps', '-a'], 0],
  [['-f', 'a.yaml', 'ps'], 2],
  [['--file=a.yaml', '-pshop', '--json', 'ps', '--all'], 3],
  [['--version'], 0],
  [['-p'], 1],
])('%j has its command at %d', (words, index) => {
  const { leading, rest } = splitLeading(words)
  expect([...leading, ...rest]).toEqual(words)
  expect(Math.min(leading.length, words.length)).toBe(index)
})
