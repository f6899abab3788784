import { expect, test } from 'vitest'
import { checkSize, foldWrites } from './fold-writes.ts'

const put = (key: string, value: unknown, ifRevision?: number) =>
  ({ kind: 'put', key, value, ...(ifRevision === undefined ? {} : { ifRevision }) }) as const
const remove = (key: string, ifRevision?: number) =>
  ({ kind: 'delete', key, ...(ifRevision === undefined ? {} : { ifRevision }) }) as const

test('writes of different keys stay as they are, in their order', () => {
  const writes = [put('b', 1, 7), remove('a'), put('c', 2)]
  expect(foldWrites(writes)).toEqual([
    { key: 'b', ifRevision: 7, write: writes[0] },
    { key: 'a', write: writes[1] },
    { key: 'c', write: writes[2] },
  ])
})

test('the last write of a key counts, with the condition of the first', () => {
  expect(foldWrites([put('a', 1, 5), put('b', 1), put('a', 2)])).toEqual([
    { key: 'b', write: put('b', 1) },
    { key: 'a', ifRevision: 5, write: put('a', 2) },
  ])
})

test('after its deletion a key is not there, for the writes that follow', () => {
  expect(foldWrites([remove('a', 5), put('a', 2, 0)])).toEqual([
    { key: 'a', ifRevision: 5, write: put('a', 2, 0) },
  ])
  expect(() => foldWrites([remove('a'), put('a', 2, 5)])).toThrow(
    expect.objectContaining({ code: 'STORE_CONFLICT', details: { key: 'a' } }),
  )
})

test.each([0, 5])('after it was put, no condition on a key can hold: %i', (ifRevision) => {
  expect(() => foldWrites([put('a', 1), remove('a', ifRevision)])).toThrow(
    expect.objectContaining({ code: 'STORE_CONFLICT' }),
  )
})

test('size is of all documents together, in bytes', () => {
  const of = (text: string) => foldWrites([put('a', text), put('b', text)])
  checkSize(of('x'.repeat(690_000)))
  expect(() => checkSize(of('x'.repeat(700_000)))).toThrow(
    expect.objectContaining({ code: 'STORE_WRITE_TOO_LARGE' }),
  )
  expect(() => checkSize(of('é'.repeat(350_000)))).toThrow(
    expect.objectContaining({ code: 'STORE_WRITE_TOO_LARGE' }),
  )
})
