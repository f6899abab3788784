import { expect, test } from 'vitest'
import { differences } from './differences.ts'

const entry = (key: string, revision: number) => ({ key, value: `${key}@${revision}`, revision })

test('what is as it was seen is no difference', () => {
  expect(differences(new Map([['a', 3]]), [entry('a', 3)], 9)).toEqual([])
  expect(differences(new Map(), [], 9)).toEqual([])
})

test('what is new or changed is put, in the order of revisions and not of keys', () => {
  const seen = new Map([
    ['a', 1],
    ['b', 2],
  ])
  expect(differences(seen, [entry('a', 8), entry('b', 2), entry('c', 5)], 9)).toEqual([
    { kind: 'put', entry: entry('c', 5) },
    { kind: 'put', entry: entry('a', 8) },
  ])
})

test('what is gone is deleted, after all that is there', () => {
  const seen = new Map([
    ['a', 1],
    ['b', 2],
  ])
  expect(differences(seen, [entry('c', 5)], 9)).toEqual([
    { kind: 'put', entry: entry('c', 5) },
    { kind: 'delete', key: 'a', revision: 9 },
    { kind: 'delete', key: 'b', revision: 9 },
  ])
})

test('a key of an older state of the store, which was put back, is a difference too', () => {
  expect(differences(new Map([['a', 8]]), [entry('a', 3)], 5)).toEqual([
    { kind: 'put', entry: entry('a', 3) },
  ])
})
